"""The acts of people with their places in the log, and those deleted that were not yet taken out of the counts.

On PostgreSQL each statement sees what is committed by then. An act that one statement finds and a later one does not
was deleted in between, with a note; so acts are read before notes, and an act of both is one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from privacy.audit import service as audit
from privacy.consent.committed import ACT_OBJECT
from privacy.consent.models import ConsentAct
from privacy.consent.statistics.counting import Cell, CountedAct, counts_of
from privacy.consent.statistics.leaving import COUNTED, half_of, ids_of_half, person_of
from privacy.consent.statistics.models import ConsentActGone
from privacy.db import in_parts, session
from privacy.errors import Unavailable
from privacy.subjects import service as subjects

#: How often people are read again of whom somebody was erased in that moment.
_TRIES = 20
#: The place of an act whose event this log lacks: before all others.
BEFORE_ALL = -1


class Placed(NamedTuple):
    """An act and the place of its event in the log; None while that waits for one."""

    act: CountedAct
    place: int | None
    #: The note of its deletion; None while the act is there.
    gone: UUID | None

    def is_before(self, place: int) -> bool:
        """Whether its event stands before a place of the log."""
        return self.place is not None and self.place < place


@dataclass
class Person:
    """Everything that is counted of one person."""

    half: int
    realm: str
    acts: dict[UUID, Placed] = field(default_factory=dict)

    def counts(self, zone: ZoneInfo, takes: Callable[[Placed], bool]) -> Counter[Cell]:
        """The counts of those acts that are taken."""
        return counts_of([one.act for one in self.acts.values() if takes(one)], realm=self.realm, zone=zone)


class _ErasedMeanwhile(Exception):
    pass


def people_with(subject_ids: Collection[UUID], noted: Collection[tuple[bytes, int]]) -> Mapping[bytes, Person]:
    """These people, and those of whom notes speak (`person` and `half`), with all acts that are there or noted."""
    wanted = {person_of(one) for one in subject_ids} | {person for person, _ in noted}
    known = set(subject_ids) | _still_there(noted)
    for _ in range(_TRIES):
        try:
            return _people(known, wanted)
        except _ErasedMeanwhile:
            continue
    raise Unavailable("People are being erased; try again.")


def subjects_of(act_ids: Collection[UUID]) -> set[UUID]:
    """The people of these acts, as far as they are there."""
    found: set[UUID] = set()
    for part in in_parts(sorted(act_ids)):
        found |= set(session().scalars(sa.select(ConsentAct.subject_id).where(ConsentAct.id.in_(part))))
    return found


def _still_there(noted: Collection[tuple[bytes, int]]) -> set[UUID]:
    """Those of the people in notes who have other acts; whoever was erased has none."""
    found: set[UUID] = set()
    for person, half in set(noted):
        first, last = ids_of_half(half)
        query = sa.select(ConsentAct.subject_id).where(ConsentAct.subject_id.between(first, last)).distinct()
        found |= {one for one in session().scalars(query) if person_of(one) == person}
    return found


def _people(subject_ids: Collection[UUID], wanted: Collection[bytes]) -> Mapping[bytes, Person]:
    ids = sorted(subject_ids)
    acts: defaultdict[UUID, list[CountedAct]] = defaultdict(list)
    for part in in_parts(ids):
        query = sa.select(ConsentAct.subject_id, *COUNTED).where(ConsentAct.subject_id.in_(part))
        for subject_id, *values in session().execute(query):
            acts[subject_id].append(CountedAct(*values))
    notes = _notes(wanted)
    noted = {note.act_id for note in notes}
    events = audit.first_events(ACT_OBJECT, [act.id for some in acts.values() for act in some if act.id not in noted])
    realms = subjects.realms_of(list(acts))
    _ensure_still_there(acts, noted | events.keys(), realms.keys())
    places = audit.places_of({*events.values(), *(note.event_id for note in notes if note.event_id)})
    people: dict[bytes, Person] = {}
    for note in notes:
        person = people.setdefault(bytes(note.person), Person(note.half, note.realm))
        act = CountedAct(note.act_id, *(getattr(note, name) for name in CountedAct._fields[1:]))
        place = places.get(note.event_id, BEFORE_ALL) if note.event_id else BEFORE_ALL
        person.acts[act.id] = Placed(act, place, note.id)
    for subject_id, some in acts.items():
        person = people.setdefault(person_of(subject_id), Person(half_of(subject_id), realms[subject_id].value))
        for act in some:
            event = events.get(act.id)
            place = places.get(event, BEFORE_ALL) if event else BEFORE_ALL
            person.acts.setdefault(act.id, Placed(act, place, None))
    return people


def _notes(people: Collection[bytes]) -> list[sa.Row[Any]]:
    found: list[sa.Row[Any]] = []
    for part in in_parts(sorted(people)):
        found += session().execute(sa.select(ConsentActGone.__table__).where(ConsentActGone.person.in_(part)))
    return found


def _ensure_still_there(
    acts: Mapping[UUID, Collection[CountedAct]], known: Collection[UUID], with_realm: Collection[UUID]
) -> None:
    """An act without an event, or a person without a row, may have been erased while it was read."""
    doubtful = {act.id for one, some in acts.items() for act in some if act.id not in known or one not in with_realm}
    there: set[UUID] = set()
    for part in in_parts(sorted(doubtful)):
        there |= set(session().scalars(sa.select(ConsentAct.id).where(ConsentAct.id.in_(part))))
    if doubtful - there:
        raise _ErasedMeanwhile
