"""What a restore has to replay for each leaf of the log, read from the rooms that the rows belong to.

The rows are read a moment after their event, as they then are. What was erased in between is left out: it must not come
back, and its tombstone has a line of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from privacy import clock
from privacy.audit import service as audit
from privacy.audit.service import SequencedLeaf
from privacy.consent import service as consent
from privacy.erasure import service as erasure
from privacy.recovery.journal_lines import Entry, Replay, ReplayKind, row_of
from privacy.retention import service as retention
from privacy.subjects import service as subjects

#: By what a hold holds people, in its line.
HELD = "held"
#: For ids, what there is to replay for each that is still there.
_Read = Callable[[Collection[UUID]], Mapping[UUID, Sequence[Replay]]]


def entries_from(first: int, limit: int) -> list[Entry]:
    """The next entries of the journal from a position on, at most so many."""
    leaves = audit.sequenced_leaves(first, limit)
    now = clock.micros()
    do = _gathered(leaves)
    return [
        Entry(leaf.n, leaf.event_id, leaf.v, leaf.commitment, leaf.sequenced_at, now, tuple(do.get(leaf.n, ())))
        for leaf in leaves
    ]


def _gathered(leaves: Iterable[SequencedLeaf]) -> dict[int, list[Replay]]:
    found: dict[int, list[Replay]] = {}
    asked: dict[_Read, dict[int, UUID]] = {}
    for leaf in leaves:
        for read in _READERS.get(leaf.action or "", ()):
            object_id = leaf.subject_id if read in _BY_SUBJECT else _id(leaf.object_id)
            if object_id is not None:
                asked.setdefault(read, {})[leaf.n] = object_id
    for read, ids in asked.items():
        there = read(set(ids.values()))
        for n, object_id in ids.items():
            found.setdefault(n, []).extend(there.get(object_id, ()))
    return found


def _acts(ids: Collection[UUID]) -> Mapping[UUID, Sequence[Replay]]:
    return {
        act_id: [Replay(ReplayKind.ACT, row_of(act.row), tuple(act.also), tuple(act.contacts))]
        for act_id, act in consent.replayable_acts(ids).items()
    }


def _suppressions(ids: Collection[UUID]) -> Mapping[UUID, Sequence[Replay]]:
    return _single(ReplayKind.SUPPRESSION, consent.replayable_suppressions(ids))


def _merges(ids: Collection[UUID]) -> Mapping[UUID, Sequence[Replay]]:
    return _single(ReplayKind.MERGE, subjects.merge_rows(ids))


def _ended_contacts(ids: Collection[UUID]) -> Mapping[UUID, Sequence[Replay]]:
    return _single(ReplayKind.CONTACT_END, subjects.ended_contacts(ids))


def _standings(subject_ids: Collection[UUID]) -> Mapping[UUID, Sequence[Replay]]:
    return _several(ReplayKind.STANDING, subjects.standings_of(subject_ids))


def _claims(subject_ids: Collection[UUID]) -> Mapping[UUID, Sequence[Replay]]:
    return _several(ReplayKind.CLAIM, subjects.claims_of(subject_ids))


def _tombstones(erasure_ids: Collection[UUID]) -> Mapping[UUID, Sequence[Replay]]:
    return _several(ReplayKind.TOMBSTONE, {one: erasure.tombstones_of(one) for one in erasure_ids})


def _holds(ids: Collection[UUID]) -> Mapping[UUID, Sequence[Replay]]:
    return {
        hold_id: [
            Replay(
                ReplayKind.HOLD,
                row_of(hold.row),
                also=tuple((subject_id, HELD) for subject_id in hold.people),
                contacts=tuple((HELD, index) for index in hold.names),
            )
        ]
        for hold_id, hold in retention.replayable_holds(ids).items()
    }


def _single(kind: ReplayKind, rows: Mapping[UUID, Mapping[str, Any]]) -> Mapping[UUID, Sequence[Replay]]:
    return {one: [Replay(kind, row_of(row))] for one, row in rows.items()}


def _several(kind: ReplayKind, rows: Mapping[UUID, Sequence[Mapping[str, Any]]]) -> Mapping[UUID, Sequence[Replay]]:
    return {one: [Replay(kind, row_of(row)) for row in several] for one, several in rows.items()}


def _id(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None


#: By the action of an event: how to read what it asks to replay.
_READERS: dict[str, tuple[_Read, ...]] = {
    "consent.refused": (_acts,),
    "consent.withdrawn": (_acts,),
    "consent.objected": (_acts,),
    "consent.invalidated": (_acts,),
    "consent.annulled": (_acts,),
    "contact.suppressed": (_suppressions,),
    "contact.suppression_lifted": (_suppressions,),
    "contact.retired": (_ended_contacts,),
    "contact.reassigned": (_ended_contacts,),
    "identity.claimed": (_claims,),
    "identifier.retired": (_claims,),
    "subject.merged": (_merges,),
    "subject.unmerged": (_merges,),
    "subject.age_class_set": (_standings,),
    **{
        f"subject.{name}_{verb}": (_standings,)
        for name in ("deceased", "restricted", "erasure_pending")
        for verb in ("set", "lifted")
    },
    "subject.erased": (_tombstones,),
    **{f"legal_hold.{verb}": (_holds,) for verb in ("placed", "reviewed", "reminded", "released")},
}
#: These are asked by the subject of the event; the others by its object.
_BY_SUBJECT: frozenset[_Read] = frozenset({_standings, _claims})
