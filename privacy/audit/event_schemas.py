"""What the HTTP API takes and gives for events of the log."""

from __future__ import annotations

from typing import Any

import marshmallow
from msgspec import Struct

from privacy.audit.entries import MOST_ON_A_PAGE

#: The places of a log of a thousand events a second, for some million years.
_LONGEST_PLACE = 16


class EventActorOut(Struct):
    """Who acted. The name is that of now, null for one who isn't known any more."""

    kind: str | None
    id: str
    name: str | None


class EventObjectOut(Struct):
    """What was changed. Where it belongs to a person the id is a reference of the asking client's own."""

    type: str
    id: str


class EventOut(Struct):
    """One event. Of an erased one its place and id are left, and what is needed to search, if that is."""

    #: Its place in the log; null while it waits for one, which takes less than a second.
    sequence_number: int | None
    event_id: str
    at: str | None
    action: str | None
    actor: EventActorOut | None
    subject_ref: str | None
    object: EventObjectOut | None
    details: dict[str, Any] | None
    erased: bool


class EventsOut(Struct):
    """Events in the order of the log."""

    events: list[EventOut]
    #: Give it as `after` for the next page; null where there is no more now.
    next: int | None


class _Digits(marshmallow.fields.Integer):
    """Digits and nothing else: Python reads more as a number than anybody means (`1_0`, ` 7`)."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        text = str(value)
        if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST_PLACE):
            raise self.make_error("invalid")
        return super()._deserialize(value, attr, data, **kwargs)


def _text(longest: int, description: str, pattern: str | None = None) -> marshmallow.fields.String:
    rules: list[Any] = [marshmallow.validate.Length(1, longest)]
    if pattern is not None:
        rules.append(marshmallow.validate.Regexp(pattern))
    return marshmallow.fields.String(validate=rules, metadata={"description": description})


_NAME = r"^[a-z0-9_]+\Z"
EventsAsked = marshmallow.Schema.from_dict(
    {
        "subject_ref": marshmallow.fields.UUID(
            metadata={"description": "Events about this person, by the client's own reference."}
        ),
        "actor": marshmallow.fields.UUID(
            metadata={"description": "Events that this client or member of staff caused."}
        ),
        "action": _text(
            64,
            "An action like `consent.given`, or its beginning up to the dot, `consent.`.",
            r"^[a-z0-9_]+\.[a-z0-9_]*\Z",
        ),
        "from": _text(40, "The first moment that counts, like 2026-11-21T10:00:00Z."),
        "to": _text(40, "The first moment that does not count any more."),
        "object_type": _text(32, "Events about objects of this type, like `consent_act`.", _NAME),
        "object_id": _text(64, "With `object_type`: events about this object, by the id that entries show."),
        "after": _Digits(metadata={"description": "Events behind this place of the log."}),
        "limit": _Digits(
            load_default=100,
            validate=marshmallow.validate.Range(1, MOST_ON_A_PAGE),
            metadata={"description": "At most so many; a page may hold fewer and not be the last."},
        ),
    },
    name="EventsAsked",
)
