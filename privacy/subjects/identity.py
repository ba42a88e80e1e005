"""Who is who, from the set of claims alone. Pure, so the order in which claims arrive does not matter.

Two customer numbers with one loyalty card between them: the claims disagree, and until somebody reviews them no
consent of one account counts for another, while every "no" counts for all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class Link:
    """Two subjects said to be one person."""

    a: UUID
    b: UUID
    #: A claim by a source; otherwise a merge by staff.
    claim: bool = True
    #: A claim that no review has found wrong.
    holds: bool = True


@dataclass(frozen=True)
class Place:
    """The sets that a subject belongs to, each named by its smallest member."""

    person: UUID
    cluster: UUID
    group: UUID
    #: The groups joined by merges; None for one that no merge joins with another.
    merged: UUID | None = None


def places(subjects: Iterable[UUID], links: Iterable[Link], exclusive: Mapping[UUID, str]) -> dict[UUID, Place]:
    """Where each subject belongs.

    `exclusive` gives the type of those whose identifier type a person has at most one of: a set of agreeing claims
    with two of one type is in dispute, and its members stand alone.
    """
    every, known = list(subjects), list(links)
    clusters = _sets(every, [link for link in known if link.claim])
    agreed = _sets(every, [link for link in known if link.claim and link.holds])
    people = _sets(every, known)
    disputed = {group for group in agreed.values() if _disputed(group, agreed, exclusive)}
    groups = {subject: subject if agreed[subject] in disputed else agreed[subject] for subject in every}
    merged = _merged(groups, [link for link in known if not link.claim])
    return {
        subject: Place(people[subject], clusters[subject], groups[subject], merged.get(groups[subject]))
        for subject in every
    }


def _merged(groups: Mapping[UUID, UUID], merges: Iterable[Link]) -> dict[UUID, UUID]:
    """For each group that merges join with another the smallest member of them all."""
    joined = [Link(groups[merge.a], groups[merge.b], claim=False) for merge in merges]
    heads = _sets(groups.values(), joined)
    return {group: heads[group] for link in joined if link.a != link.b for group in (link.a, link.b)}


def _sets(subjects: Iterable[UUID], links: Iterable[Link]) -> dict[UUID, UUID]:
    """For each subject the smallest member of the set that the links put it in."""
    head = {subject: subject for subject in subjects}

    def find(subject: UUID) -> UUID:
        while head[subject] != subject:
            head[subject] = head[head[subject]]
            subject = head[subject]
        return subject

    for link in links:
        low, high = sorted((find(link.a), find(link.b)))
        head[high] = low
    return {subject: find(subject) for subject in head}


def _disputed(group: UUID, agreed: Mapping[UUID, UUID], exclusive: Mapping[UUID, str]) -> bool:
    counts: dict[str, int] = defaultdict(int)
    for subject, kind in exclusive.items():
        if agreed.get(subject) == group:
            counts[kind] += 1
    return any(count > 1 for count in counts.values())
