"""Acts and entries of the suppression list that a restore has to put back after an older backup, as they stand.

Only what can make an answer stricter: a consent that a restore loses can be given again, a lost "no" is a broken one.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from privacy import clock
from privacy.consent.acts import ANY, NO_CHANNEL, NOES, ActKind
from privacy.consent.models import ConsentAct, ConsentActAlso, Suppression
from privacy.db import in_parts, session
from privacy.programme import service as programmes
from privacy.programme.types import ContactKind, Programme
from privacy.subjects import service as subjects

Row = Mapping[str, Any]
_STRICTER = sorted(kind.value for kind in (*NOES, ActKind.ANNUL))


@dataclass(frozen=True)
class ReplayableAct:
    """An act, and what it takes to make it bind."""

    row: Row
    #: Further subjects into whose fold it enters, and by what.
    also: Sequence[tuple[UUID, str]]
    #: Kind and suppression index of each contact that it covers: it binds on them where its person is not known.
    contacts: Sequence[tuple[str, bytes]]


def replayable_acts(ids: Collection[UUID]) -> dict[UUID, ReplayableAct]:
    """Those of the acts that say no, or take a consent out of the fold."""
    rows: dict[UUID, Row] = {}
    also: dict[UUID, list[tuple[UUID, str]]] = {}
    for part in in_parts(sorted(ids)):
        query = sa.select(*ConsentAct.__table__.columns).where(ConsentAct.id.in_(part), ConsentAct.act.in_(_STRICTER))
        rows |= {row.id: dict(row._mapping) for row in session().execute(query)}
        beside = sa.select(ConsentActAlso).where(ConsentActAlso.act_id.in_(part)).order_by(ConsentActAlso.subject_id)
        for one in session().scalars(beside):
            also.setdefault(one.act_id, []).append((one.subject_id, one.via))
    covered = _contacts(rows, also)
    return {i: ReplayableAct(row, tuple(also.get(i, ())), tuple(covered.get(i, ()))) for i, row in rows.items()}


def replayable_suppressions(ids: Collection[UUID]) -> dict[UUID, Row]:
    """Entries of the suppression list by their ids, lifted or not."""
    found: dict[UUID, Row] = {}
    for part in in_parts(sorted(ids)):
        query = sa.select(*Suppression.__table__.columns).where(Suppression.id.in_(part))
        found |= {row.id: dict(row._mapping) for row in session().execute(query)}
    return found


def _contacts(
    acts: Mapping[UUID, Row], also: Mapping[UUID, Sequence[tuple[UUID, str]]]
) -> dict[UUID, list[tuple[str, bytes]]]:
    """The contacts that each "no" covers: the one it named, or all of the people's that its channel uses."""
    programme = programmes.as_of(clock.micros())
    noes = {act_id: row for act_id, row in acts.items() if row["act"] != ActKind.ANNUL and row["channel"] != NO_CHANNEL}
    if programme is None or not noes:
        return {}
    who = {act_id: [row["subject_id"], *(one for one, _ in also.get(act_id, ()))] for act_id, row in noes.items()}
    held = subjects.contacts_of_people({one for ids in who.values() for one in ids}, programme)
    found: dict[UUID, list[tuple[str, bytes]]] = {}
    for act_id, row in noes.items():
        kind = _kind_of(row["channel"], programme)
        every = [contact for one in who[act_id] for contact in held.get(one, ())]
        if row["contact_id"] is not None:
            named = {contact.list_index for contact in every if contact.id == row["contact_id"]}
            every = [contact for contact in every if contact.list_index in named]
        covered = {(c.kind.value, c.list_index) for c in every if kind in (None, c.kind)}
        found[act_id] = sorted(covered)
    return found


def _kind_of(channel: str, programme: Programme) -> ContactKind | None:
    """The kind of contact that a channel uses; None for every kind, also where the channel is no longer known."""
    known = programme.channels.get(channel) if channel != ANY else None
    return known.contact_kind if known else None
