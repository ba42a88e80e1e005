"""What is about somebody else too is looked at by a person before it is handed out (Art. 15(4), 20(4)).

Three things come to the review: a field that the data map says is about others, an identifier or contact that is
another person's by our own records, and a file that a system handed over instead of rows. Each is kept or left out with
a reason; nothing is handed out while one of them is undecided, and a row or file that changed since is decided anew.
So is everything where the request turned out to be of somebody else: what one may see of others, another may not.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa

from privacy import clock
from privacy.audit import service as audit
from privacy.authz.actors import SERVICE, Actor, Realm
from privacy.crypto import blind_index, keyring
from privacy.db import new_id, session
from privacy.dsar import cases
from privacy.dsar.execution.results import FoundFile
from privacy.dsar.execution.tasks import OWN_SYSTEM
from privacy.dsar.failures import RequestEnded
from privacy.dsar.models import DataSubjectRequest
from privacy.dsar.package.models import RequestRedaction
from privacy.dsar.package.tables import HeldTable, LeftOut, put_at, spelled, values_at
from privacy.dsar.vocabulary import CaseType, Ground, State
from privacy.errors import InvalidInput
from privacy.programme import service as programmes
from privacy.programme.types import Programme
from privacy.subjects import service as subjects

#: In the place of a table, of what came as files.
FILES = "files"
_TABLE = "request_redaction"
_LONGEST_REASON = 2_000


class Verdict(StrEnum):
    """What is decided about a value."""

    KEEP = "keep"
    REDACT = "redact"


class Why(StrEnum):
    """Why a value is looked at."""

    #: The data map says that the field is about others.
    MAPPED = "mapped"
    #: It names somebody whom this service knows, and who is not the person.
    NAMES_ANOTHER = "names_another"
    #: It is a file, of which nothing is known but its name.
    FILE = "file"


@dataclass(frozen=True)
class Item:
    """One field of one row, or one file, that a person looks at."""

    #: Names it in decisions; the same as long as the row is the same.
    ref: str
    system: str
    #: `data set.table`; of a file `FILES`.
    place: str
    #: The field, with dots where it is nested; the name of a file.
    path: str
    #: Which row of the table in the package, or which file, from 1.
    row: int
    #: Of a file its size in bytes.
    values: tuple[Any, ...] = field(repr=False)
    why: Why
    verdict: Verdict | None


def ground_of(row: DataSubjectRequest) -> Ground:
    """The rule that lets a value be left out."""
    portability = row.case_type == CaseType.PORTABILITY
    return Ground.PORTABILITY_RIGHTS_OF_OTHERS if portability else Ground.RIGHTS_OF_OTHERS


def items(row: DataSubjectRequest, tables: Iterable[HeldTable]) -> list[Item]:
    """Everything in the tables that is to be looked at, with what was decided; raises what the log-in of keys does."""
    decided = _decided(row.id)
    others = _Others(row, programmes.current())
    return [item for one in tables for item in _of_table(row, one, decided, others)]


def items_of_files(row: DataSubjectRequest, files: Sequence[FoundFile]) -> list[Item]:
    """Every file, with what was decided."""
    decided = _decided(row.id)
    refs = [_file_ref(row, one) for one in files]
    return [
        Item(ref.hex(), one.system, FILES, one.name, number, (len(one.content),), Why.FILE, decided.get(ref))
        for number, (ref, one) in enumerate(zip(refs, files, strict=True), 1)
    ]


def kept_files(files: Sequence[FoundFile], looked_at: Iterable[Item]) -> list[FoundFile]:
    """The files that are handed out."""
    kept = {item.row for item in looked_at if item.why is Why.FILE and item.verdict is Verdict.KEEP}
    return [one for number, one in enumerate(files, 1) if number in kept]


def redacted(tables: Sequence[HeldTable], looked_at: Iterable[Item], ground: Ground) -> list[HeldTable]:
    """The tables with everything left out that was decided so."""
    left_out: dict[tuple[str, str], dict[int, list[str]]] = {}
    for item in looked_at:
        if item.verdict is not Verdict.KEEP and item.why is not Why.FILE:
            left_out.setdefault((item.system, item.place), {}).setdefault(item.row, []).append(item.path)
    return [_redacted(one, left_out.get((one.system, one.place), {}), ground) for one in tables]


def decide(
    row: DataSubjectRequest,
    refs: Collection[str],
    verdict: Verdict,
    *,
    known: Iterable[Item],
    reason: str,
    actor: Actor,
) -> int:
    """Decide about items of a locked request, in the open unit of work; a later decision takes an earlier one's place.

    `known`: what `items` gave for it. Raises `InvalidInput` for a ref that is none of them or a missing reason, and
    `RequestEnded`.
    """
    if State(row.state).ended:
        raise RequestEnded
    if not reason.strip() or len(reason) > _LONGEST_REASON:
        raise InvalidInput.of("reason", f"Say why, in at most {_LONGEST_REASON} characters.")
    wanted = set(refs)
    if not wanted or not wanted <= {item.ref for item in known}:
        raise InvalidInput.of("items", "Name items of this request's review.")
    key, now = cases.key_of(row), clock.micros()
    for ref in sorted(wanted):
        item, decision_id = bytes.fromhex(ref), new_id()
        mine = sa.delete(RequestRedaction).where(RequestRedaction.request_id == row.id, RequestRedaction.item == item)
        session().execute(mine.execution_options(synchronize_session=False))
        session().add(
            RequestRedaction(
                id=decision_id,
                request_id=row.id,
                item=item,
                verdict=verdict.value,
                actor_id=actor.id,
                decided_at=now,
                reason_enc=key.seal(_TABLE, "reason_enc", decision_id, reason.strip().encode()),
                key_version=key.version,
            )
        )
    audit.record(
        "request_redaction.decided",
        actor=actor,
        object_type="request_redaction",
        object_id=row.id,
        content={"request": str(row.id), "verdict": verdict.value, "items": sorted(wanted), "at": now},
        details={"number": row.number, "verdict": verdict.value, "items": len(wanted)},
    )
    return len(wanted)


class _Others:
    """Who else is named by a value: each asked once."""

    def __init__(self, row: DataSubjectRequest, programme: Programme) -> None:
        self._programme = programme
        self._actor = replace(SERVICE, realm=Realm(row.realm))
        self._members = subjects.natural_person(row.subject_id) if row.subject_id is not None else frozenset[UUID]()
        self._known: dict[tuple[str, str], bool] = {}

    def named_by(self, kind: str, value: Any) -> bool:
        """Whether the value is an identifier of somebody whom this service knows, and not of the person."""
        if not isinstance(value, str | int) or isinstance(value, bool):
            return False
        asked = (kind, str(value))
        if asked not in self._known:
            self._known[asked] = self._find(*asked)
        return self._known[asked]

    def _find(self, kind: str, value: str) -> bool:
        try:
            naming = subjects.name_of(self._programme, self._actor, {kind: value})
        except InvalidInput:
            return False
        found = set(subjects.find_ids(naming))
        return bool(found) and found.isdisjoint(self._members)


def _decided(request_id: UUID) -> Mapping[bytes, Verdict]:
    query = sa.select(RequestRedaction.item, RequestRedaction.verdict).where(RequestRedaction.request_id == request_id)
    return {bytes(item): Verdict(verdict) for item, verdict in session().execute(query)}


def _of_table(
    request: DataSubjectRequest, one: HeldTable, decided: Mapping[bytes, Verdict], others: _Others
) -> Iterator[Item]:
    if one.system == OWN_SYSTEM:
        return
    looked_at = [(path, about) for path, about in one.described().items() if about.third_party or about.identity]
    for number, row in enumerate(one.rows, 1):
        for path, about in looked_at:
            values = tuple(value for value in values_at(row, path) if not isinstance(value, LeftOut))
            kind = about.identity
            names_another = kind is not None and any(others.named_by(kind, value) for value in values)
            if not values or not (about.third_party or names_another):
                continue
            ref = _ref(request, one, path, row)
            why = Why.MAPPED if about.third_party else Why.NAMES_ANOTHER
            yield Item(ref.hex(), one.system, one.place, path, number, values, why, decided.get(ref))


def _ref(request: DataSubjectRequest, one: HeldTable, path: str, row: Mapping[str, Any]) -> bytes:
    place = "\0".join(("redaction", one.system, one.place, path, "")).encode()
    return blind_index.of_repeat(keyring.installed(), _asked(request) + place + spelled(row))


def _file_ref(request: DataSubjectRequest, one: FoundFile) -> bytes:
    place = "\0".join(("redaction", one.system, FILES, one.name, "")).encode()
    return blind_index.of_repeat(keyring.installed(), _asked(request) + place + hashlib.sha256(one.content).digest())


def _asked(request: DataSubjectRequest) -> bytes:
    """The request and whose it is taken for; of somebody whom our records do not know, the proven identifiers."""
    if request.subject_id is not None:
        return request.id.bytes + request.subject_id.bytes
    return request.id.bytes + msgspec.json.encode(cases.matter_of(request).named)


def _redacted(one: HeldTable, left_out: Mapping[int, Sequence[str]], ground: Ground) -> HeldTable:
    if not left_out:
        return one
    rows = list(one.rows)
    for number, paths in left_out.items():
        for path in paths:
            rows[number - 1] = put_at(rows[number - 1], path, LeftOut(ground))
    return replace(one, rows=tuple(rows))
