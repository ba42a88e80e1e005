"""What a history of acts left in the database, with names in place of ids, so that two histories can be compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa

from privacy.audit.models import AuditBody
from privacy.consent import policy
from privacy.consent.models import Confirmation, ConsentAct, ConsentActAlso, ConsentFact, NetworkEvidence
from privacy.crypto.owner_keys import OwnerKeyRow
from privacy.db import Base, session
from privacy.subjects.models import (
    AccountIdentifier,
    DataSubject,
    IdentityClaim,
    SubjectContact,
    SubjectContactPast,
)
from privacy.subjects.service import Naming

#: Columns that are another's in each history, or sealed.
_OWN = {"id", "act_id", "contact_id", "event_id", "value_enc", "value_bidx", "sha256_bidx", "repeat_index"}
_SEALED = {"evidence_enc", "wrapped_enc", "body_enc", "code_digest", "occurred_at"}

#: For each table how often it holds a row.
Trace = dict[str, Counter[Any]]


def trace(namings: Mapping[str, Naming]) -> Trace:
    """Everything recorded of the people named, each by its name here."""
    names = _subjects(namings)
    contacts = {
        row.id: (names[row.subject_id], row.kind, names.get(row.value_bidx, row.kind))
        for row in _rows(SubjectContact, SubjectContact.subject_id, names)
    }
    names |= contacts
    names |= {
        row.id: (row.act, row.purpose, row.channel, row.earliest, row.latest, names[row.subject_id])
        for row in _rows(ConsentAct, ConsentAct.subject_id, names)
    }
    found: Trace = {
        model.__tablename__: Counter(_plain(row, names) for row in _rows(model, column, names))
        for model, column in (
            (DataSubject, DataSubject.id),
            (OwnerKeyRow, OwnerKeyRow.owner_id),
            (AccountIdentifier, AccountIdentifier.subject_id),
            (IdentityClaim, IdentityClaim.a_subject_id),
            (SubjectContact, SubjectContact.subject_id),
            (SubjectContactPast, SubjectContactPast.contact_id),
            (ConsentAct, ConsentAct.subject_id),
            (ConsentActAlso, ConsentActAlso.subject_id),
            (NetworkEvidence, NetworkEvidence.subject_id),
            (Confirmation, Confirmation.subject_id),
        )
    }
    events = _rows(AuditBody, AuditBody.subject_id, names)
    # A merge is told of the smaller of the two ids.
    found["events"] = Counter(
        (None if row.object_type == "merge" else names[row.subject_id], row.action, row.object_type) for row in events
    )
    facts = _rows(ConsentFact, ConsentFact.subject_id, names)
    found["facts"] = Counter((names[r.subject_id], r.purpose, r.channel, _facts(r.facts, names)) for r in facts)
    return found


def _subjects(namings: Mapping[str, Naming]) -> dict[Any, Any]:
    names: dict[Any, Any] = {}
    for name, naming in namings.items():
        indexes = naming.names()
        for subject_id in session().scalars(
            sa.union_all(
                sa.select(AccountIdentifier.subject_id).where(AccountIdentifier.value_bidx.in_(indexes.accounts)),
                sa.select(SubjectContact.subject_id).where(
                    SubjectContact.alone, SubjectContact.value_bidx.in_(indexes.alone)
                ),
            )
        ):
            names[subject_id] = name
        names |= dict.fromkeys(indexes.alone, name)
    return names


def _rows(model: type[Base], column: Any, names: Mapping[Any, Any]) -> list[Any]:
    ids = [known for known in names if isinstance(known, UUID)]
    return list(session().scalars(sa.select(model).where(column.in_(ids)).execution_options(populate_existing=True)))


def _plain(row: Any, names: Mapping[Any, Any]) -> tuple[Any, ...]:
    values = {column.key: getattr(row, column.key) for column in sa.inspect(type(row)).columns}
    shown = {key: value for key, value in values.items() if key not in _OWN | _SEALED}
    place = next((values[key] for key in ("act_id", "contact_id") if values.get(key) is not None), None)
    # Of the four sets the smallest member is the name, and ids of one millisecond stand in no order: who is in them
    # is what counts, and what their head says.
    if isinstance(row, DataSubject):
        shown |= {
            key: _members(key, values[key], names) for key in ("person_id", "cluster_id", "group_id", "merged_id")
        }
        head = session().get_one(DataSubject, row.person_id)
        shown |= {"members": head.members, "version": head.version}
    if isinstance(row, IdentityClaim):
        ends = frozenset({names[shown.pop("a_subject_id")], names[shown.pop("b_subject_id")]})
        shown["ends"] = ends
    return (names.get(place), *((key, names.get(value, value)) for key, value in sorted(shown.items())))


def _members(column: str, named: UUID | None, names: Mapping[Any, Any]) -> frozenset[Any]:
    if named is None:
        return frozenset()
    of = sa.select(DataSubject.id).where(getattr(DataSubject, column) == named)
    return frozenset(names[member] for member in session().scalars(of))


def _facts(packed: bytes, names: Mapping[Any, Any]) -> str:
    """Of equal noes any may be the one that is named, so facts are compared without the acts' ids."""

    def plain(value: Any) -> Any:
        if isinstance(value, list | tuple):
            return sorted((plain(one) for one in value), key=repr)
        return names.get(value, value) if isinstance(value, UUID) else value

    facts = policy.unpack(packed)
    without_ids = msgspec.structs.replace(
        facts,
        gives=tuple(msgspec.structs.replace(give, act_id=UUID(int=0)) for give in facts.gives),
        noes=tuple(msgspec.structs.replace(no, act_id=UUID(int=0)) for no in facts.noes),
    )
    return repr(plain(msgspec.to_builtins(without_ids, builtin_types=(UUID,))))
