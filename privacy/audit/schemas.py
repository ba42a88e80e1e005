"""What the HTTP API takes and gives of the log. Evidence files are as docs/evidence.md has them."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import marshmallow
from msgspec import Struct

from privacy.audit import merkle

_NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")


class Number(marshmallow.fields.Integer):
    """A size or an index in its one spelling: Python would also take `+7`, `07`, ` 7`, `1_0` and other digits."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if not _NUMBER.fullmatch(str(value)) or int(value) > merkle.LARGEST:
            raise marshmallow.ValidationError("Use a whole number up to 2^63 - 1, digits only, without leading zeros.")
        return super()._deserialize(value, attr, data, **kwargs)


class EventId(marshmallow.fields.UUID):
    """An id in its one spelling."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> UUID:
        found: UUID = super()._deserialize(value, attr, data, **kwargs)
        if str(found) != value:
            raise self.make_error("invalid_uuid")
        return found


_AT_LEAST_1 = marshmallow.validate.Range(min=1, max=merkle.LARGEST)
_AT_LEAST_0 = marshmallow.validate.Range(min=0, max=merkle.LARGEST)


class InclusionOf(marshmallow.Schema):
    """Which event, and in which tree."""

    event_id = EventId(metadata={"description": "The event; or name it by `index`."})
    index = Number(validate=_AT_LEAST_0, metadata={"description": "Its place in the log, from 0."})
    tree_size = Number(validate=_AT_LEAST_1, metadata={"description": "Of a published checkpoint; else the newest."})


class ConsistencyOf(marshmallow.Schema):
    """Which two states of the log."""

    old = Number(required=True, validate=_AT_LEAST_1, metadata={"description": "Size of an older checkpoint."})
    new = Number(validate=_AT_LEAST_1, metadata={"description": "Size of a newer checkpoint; else the newest."})


class CheckpointOut(Struct):
    """The newest checkpoint that is shown."""

    origin: str
    size: int
    root: str
    note: str
    published_at: str
    #: Whose cosignatures the note carries.
    witnesses: list[str]


class LeafOut(Struct):
    """What the log publishes of an event."""

    v: int
    event_id: str
    commitment: str


class EventEvidenceOut(Struct, omit_defaults=True):
    """An event with its proof. Body and salt are missing where it was erased or is not disclosed."""

    index: int
    leaf: LeafOut
    proof: list[str]
    body: dict[str, Any] | None = None
    salt: str | None = None


class EndorsementOut(Struct):
    """How a key of the log follows from the one before."""

    statement: str
    event: EventEvidenceOut


class InclusionProofOut(Struct):
    """An evidence file: the event stands in the log."""

    format: str
    kind: str
    checkpoint: str
    endorsements: list[EndorsementOut]
    witnesses: list[str]
    event: EventEvidenceOut


class ConsistencyProofOut(Struct):
    """An evidence file: the newer state of the log begins with the older one."""

    format: str
    kind: str
    checkpoint: str
    endorsements: list[EndorsementOut]
    witnesses: list[str]
    old: str
    proof: list[str]
