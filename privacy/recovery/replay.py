"""Replay what came after the backup: who was erased goes first, then every "no" and what makes one, in order.

Each step is short and can be repeated: what is known is passed over, so whoever was killed runs the whole again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

from privacy.audit import service as audit
from privacy.authz.actors import Actor
from privacy.consent import service as consent
from privacy.crypto import keyring
from privacy.crypto.owner_keys import KeyDestroyed, create_owner_key, load_owner_key
from privacy.db import end_read, session, unit_of_work
from privacy.erasure import service as erasure
from privacy.programme import service as programmes
from privacy.programme.types import Programme
from privacy.recovery.chain import all_entries, entries_since
from privacy.recovery.journal_lines import Replay, ReplayKind
from privacy.recovery.log_restoring import Progress
from privacy.retention import service as retention
from privacy.subjects import service as subjects

#: Rows of one transaction.
_AT_ONCE = 25
#: Subjects looked at in one read.
_LOOKED_AT = 1_000
_ERASED = "erased"


@dataclass(frozen=True)
class Tombstones:
    """Who was erased, as all journals know it: the row of each keyed hash."""

    rows: Mapping[bytes, Mapping[str, Any]] = field(repr=False)

    @classmethod
    def of(cls, journal: Path) -> Tombstones:
        """Those in the journals of a folder."""
        found: dict[bytes, Mapping[str, Any]] = {}
        for entry in all_entries(journal):
            for one in entry.do:
                if one.kind is ReplayKind.TOMBSTONE:
                    found[erasure.index_of_tombstone(one.row)] = one.row
        return cls(found)

    def of_subject(self, subject_id: UUID) -> Mapping[str, Any] | None:
        """The row about somebody; None for whoever was not erased."""
        return self.rows.get(erasure.tombstone_index(subject_id)) if self.rows else None

    def returned(self) -> Iterator[dict[UUID, list[UUID]]]:
        """Who is here although erased, by erasure, a portion at a time."""
        last: UUID | None = None
        while portion := subjects.portion_after(last, _LOOKED_AT):
            end_read()
            found: dict[UUID, list[UUID]] = {}
            for subject_id in portion:
                if (row := self.of_subject(subject_id)) is not None:
                    found.setdefault(UUID(row["erasure_id"]), []).append(subject_id)
            yield found
            last = max(portion)


def replay(
    journal: Path, origin: str, position: int, tombstones: Tombstones, *, actor: Actor, progress: Progress
) -> Counter[str]:
    """Do again what the journals of a folder know of after the first `position` leaves of that log; counts by kind."""
    counts = _erase_returned(tombstones, actor, progress)
    programme = programmes.current()
    end_read()
    done = 0
    rows = (one for entry in entries_since(journal, origin, position) for one in entry.do)
    while portion := list(islice(rows, _AT_ONCE)):
        with unit_of_work():
            counts.update(_replay(one, tombstones, actor, programme) for one in portion)
        done += len(portion)
        progress("rows", done, done)
    del counts[""]
    if counts:
        details = dict(sorted(counts.items()))
        with unit_of_work():
            audit.record(
                subjects.REPLAYED,
                actor=actor,
                object_type="recovery",
                object_id=str(position),
                content=details,
                details=details,
            )
    return counts


def _erase_returned(tombstones: Tombstones, actor: Actor, progress: Progress) -> Counter[str]:
    counts: Counter[str] = Counter()
    for portion in tombstones.returned():
        for erasure_id, subject_ids in portion.items():
            with unit_of_work():
                _ensure_keys(subject_ids)
                # Its own row is not in the backup, or is from before and stays as it is.
                known = bool(erasure.tombstones_of(erasure_id))
                erasure.erase_returned(subject_ids, actor=actor, erasure_id=None if known else erasure_id)
            counts[_ERASED] += len(subject_ids)
            progress("people", counts[_ERASED], len(tombstones.rows))
    return counts


def _ensure_keys(subject_ids: Iterable[UUID]) -> None:
    """Somebody whose key is gone gets a new one, which opens nothing and goes with them: rows are found by it."""
    for subject_id in subject_ids:
        try:
            load_owner_key(session(), keyring.installed(), subject_id)
        except KeyDestroyed:
            create_owner_key(session(), keyring.installed(), subject_id)
    session().flush()


def _replay(one: Replay, tombstones: Tombstones, actor: Actor, programme: Programme) -> str:
    """Do one again; returns what to count, nothing where it was known."""
    if one.kind is ReplayKind.ACT:
        return _act(one, tombstones, actor, programme)
    if one.kind is ReplayKind.HOLD:
        people, names = [held for held, _ in one.also], [index for _, index in one.contacts]
        return one.kind.value if retention.replay_hold(one.row, people=people, names=names, actor=actor) else ""
    return one.kind.value if _DO[one.kind](one.row, actor, programme) else ""


def _act(one: Replay, tombstones: Tombstones, actor: Actor, programme: Programme) -> str:
    if is_of_erased(one, tombstones):
        return ""  # What may be kept of them is on the suppression list.
    outcome = consent.replay_act(one.row, also=one.also, contacts=one.contacts, actor=actor, programme=programme)
    return "" if outcome is consent.ReplayOutcome.KNOWN else f"act_{outcome}"


def is_of_erased(one: Replay, tombstones: Tombstones) -> bool:
    """Whether everybody whom an act is about was erased."""
    about = [UUID(one.row["subject_id"]), *(subject_id for subject_id, _ in one.also)]
    return all(tombstones.of_subject(subject_id) is not None for subject_id in about)


_DO: Mapping[ReplayKind, Callable[[Mapping[str, Any], Actor, Programme], bool]] = {
    ReplayKind.SUPPRESSION: lambda row, actor, _: consent.replay_suppression(row, actor=actor),
    ReplayKind.TOMBSTONE: lambda row, _actor, _programme: erasure.replay_tombstone(row),
    ReplayKind.STANDING: lambda row, actor, _: subjects.replay_standing(row, actor=actor),
    ReplayKind.MERGE: lambda row, actor, programme: consent.replay_merge(row, actor=actor, programme=programme),
    ReplayKind.CLAIM: lambda row, actor, programme: consent.replay_claim(row, actor=actor, programme=programme),
    ReplayKind.CONTACT_END: lambda row, actor, _: subjects.replay_contact_end(row, actor=actor),
}
