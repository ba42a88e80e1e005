"""Holds that a restore has to put back after an older backup: placed ones, and that one was released."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from privacy.authz.actors import Actor
from privacy.db import in_parts, session
from privacy.retention.holds import gate
from privacy.retention.holds.audited import record
from privacy.retention.holds.holding import forget_people
from privacy.retention.holds.models import HeldName, HeldPerson, LegalHold
from privacy.subjects import service as subjects
from privacy.verbatim import values_of


@dataclass(frozen=True)
class ReplayableHold:
    """A hold as it stands, by column, with whom it holds."""

    row: Mapping[str, Any]
    people: Sequence[UUID] = field(repr=False)
    names: Sequence[bytes] = field(repr=False)


def replayable_holds(ids: Collection[UUID]) -> dict[UUID, ReplayableHold]:
    """Holds by their ids, released or not."""
    found: dict[UUID, ReplayableHold] = {}
    for part in in_parts(sorted(ids)):
        people, names = (
            _of(HeldPerson.hold_id, HeldPerson.subject_id, part),
            _of(HeldName.hold_id, HeldName.name_bidx, part),
        )
        query = sa.select(*LegalHold.__table__.columns).where(LegalHold.id.in_(part))
        for row in session().execute(query):
            indexes = [bytes(index) for index in names.get(row.id, ())]
            found[row.id] = ReplayableHold(dict(row._mapping), people.get(row.id, []), indexes)
    return found


def replay_hold(row: Mapping[str, Any], *, people: Sequence[UUID], names: Sequence[bytes], actor: Actor) -> bool:
    """Put a hold back as it was, in the open unit of work; says whether that was new here."""
    values = values_of(LegalHold, row)
    known = session().get(LegalHold, values["id"])
    if known is not None and known.version >= values["version"]:
        return False
    gate.pass_alone(at_once=True)
    if known is None:
        known = LegalHold(**values)
        session().add(known)
    else:
        for name, value in values.items():
            setattr(known, name, value)
    session().flush()
    forget_people(known.id)
    session().add_all(HeldPerson(hold_id=known.id, subject_id=one) for one in people)
    session().add_all(HeldName(hold_id=known.id, name_bidx=one) for one in names)
    record(subjects.REPLAYED, known, actor=actor, details={"number": known.number})
    return True


def _of(hold: Any, value: Any, ids: Sequence[UUID]) -> dict[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = {}
    for hold_id, one in session().execute(sa.select(hold, value).where(hold.in_(ids)).order_by(value)):
        found.setdefault(hold_id, []).append(one)
    return found
