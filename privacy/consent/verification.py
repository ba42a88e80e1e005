"""Recompute every person's facts from the acts and compare: the cache must say what the fold says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

import msgspec
import sqlalchemy as sa

from privacy.consent import policy, rows
from privacy.consent.acts import ANY
from privacy.consent.models import ConsentFact
from privacy.consent.policy import Facts
from privacy.db import Driver, session
from privacy.subjects import service as subjects

#: Subjects read at a time: no read lasts long enough to hold writers up.
_AT_ONCE = 200


@dataclass(frozen=True)
class Finding:
    """A cached row that differs from the fold, or one that is missing or too many."""

    subject_id: UUID
    purpose: str
    channel: str
    problem: str


def verify() -> Iterator[tuple[int, list[Finding]]]:
    """Go through all subjects in order of id; yields, for each portion, how many were read and what was found."""
    last: UUID | None = None
    while True:
        portion = subjects.portion_after(last, _AT_ONCE)
        if not portion:
            return
        findings = [finding for subject_id, members in portion.items() for finding in _verify(subject_id, members)]
        session().close()  # Ends the read; nothing was written.
        yield len(portion), findings
        last = max(portion)


def verify_of(subject_ids: Sequence[UUID]) -> list[Finding]:
    """Compare these subjects, as far as they are still there."""
    portion = subjects.portion_of(subject_ids)
    findings = [finding for subject_id, members in portion.items() for finding in _verify(subject_id, members)]
    session().close()
    return findings


def _verify(subject_id: UUID, members: frozenset[UUID]) -> list[Finding]:
    """Compare one subject; what a writer changed while it was read is read once more before it counts."""
    if not (found := _compare(subject_id, members)):
        return []
    session().close()
    again = _compare(subject_id, members)
    return [finding for finding in again if finding in found]


def _compare(subject_id: UUID, members: frozenset[UUID]) -> list[Finding]:
    try:
        return _differences(subject_id, members)
    except ValueError:  # Codes that no version ever wrote.
        return [Finding(subject_id, ANY, ANY, "acts cannot be read")]


def _differences(subject_id: UUID, members: frozenset[UUID]) -> list[Finding]:
    driver = Driver.of(session())
    stored = {
        (row.purpose, row.channel): _unpacked(row.facts)
        for row in session().scalars(sa.select(ConsentFact).where(ConsentFact.subject_id == subject_id))
    }
    pairs = rows.load_acts(driver, subject_id, merged=members)
    folded: dict[tuple[str, str], Facts] = {pair: policy.fold(acts) for pair, acts in pairs.items()}
    return [
        Finding(subject_id, purpose, channel, _problem(folded.get((purpose, channel)), stored.get((purpose, channel))))
        for purpose, channel in sorted(folded.keys() | stored.keys())
        if folded.get((purpose, channel), policy.NOTHING) != stored.get((purpose, channel), policy.NOTHING)
    ]


def _unpacked(facts: bytes) -> Facts | None:
    """The stored facts; None for what are none."""
    try:
        return policy.unpack(facts)
    except msgspec.MsgspecError:
        return None


def _problem(folded: Facts | None, stored: Facts | None) -> str:
    if stored is None:
        return "facts are missing"
    return "facts without acts" if folded is None else "facts differ from the acts"
