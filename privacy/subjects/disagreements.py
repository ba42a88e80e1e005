"""The review list: where sources disagree about who is who, and contacts that several people hold.

Two customer numbers on one card, one address of a household: nothing is guessed and nothing widens meanwhile. Staff
retire the wrong identifier, merge the people, or leave it. The list is computed from what is stored, in portions, and
shows no value: references, types, sources, and contacts masked.
"""

from __future__ import annotations

import base64
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from privacy.authz.actors import Actor
from privacy.crypto import keyring
from privacy.crypto.envelope import SealBroken
from privacy.crypto.pairwise import Pairwise
from privacy.db import session
from privacy.errors import InvalidInput
from privacy.programme.types import Programme
from privacy.subjects.identity import Link, places
from privacy.subjects.models import AccountIdentifier, DataSubject, IdentityClaim
from privacy.subjects.shared_contacts import SharedContact, shared_after

#: As much of the list as one page may hold.
MOST_ON_A_PAGE = 200
_CURSOR = "review"
#: As the index says it, word for word: SQLite uses a partial index only then.
_APART = DataSubject.group_id != DataSubject.cluster_id


@dataclass(frozen=True)
class Place:
    """Where a page ended: after a cluster of claims, or after a contact (its index) once the claims are through."""

    cluster: UUID | None = None
    contact: bytes | None = None


@dataclass(frozen=True)
class Member:
    """A data subject in a dispute, as its identifier came in."""

    subject_id: UUID
    identifier: str
    source: str
    held_from: int
    retired_at: int | None
    #: Whether it has an identifier of a type of which a person has one only, and is not alone in that.
    contested: bool


@dataclass(frozen=True)
class Claimed:
    """A source named two subjects as one person's."""

    a: UUID
    b: UUID
    source: str
    claimed_at: int
    recorded_at: int
    retired_at: int | None
    #: It holds and yet the two stand apart: with the others it would give one person two identifiers of a sort.
    in_dispute: bool


@dataclass(frozen=True)
class Dispute:
    """Subjects that claims join to one person who would then have two identifiers of a type that allows one."""

    members: tuple[Member, ...]
    claims: tuple[Claimed, ...]
    #: When the claim came that the others disagree with.
    since: int


@dataclass(frozen=True)
class Page:
    """A page of the review list."""

    disputes: tuple[Dispute, ...]
    shared: tuple[SharedContact, ...]
    #: Where the next page begins; None where the list ends here.
    ends: Place | None


def disagreements(realm: str, *, programme: Programme, after: Place | None = None, limit: int = 50) -> Page:
    """The next page: disputes in order of their cluster, then shared contacts in order of their index.

    A page may hold fewer than `limit` and still not be the last: the list ends where `ends` is None.
    """
    limit = max(1, min(limit, MOST_ON_A_PAGE))
    start = after or Place()
    disputes: list[Dispute] = []
    clusters: Sequence[UUID] = ()
    if start.contact is None:
        clusters = _clusters_in_dispute(realm, start.cluster, limit)
        disputes = list(_disputes(clusters, programme))
    if len(clusters) == limit:
        return Page(tuple(disputes), (), Place(cluster=clusters[-1]))
    shared, last = shared_after(realm, start.contact or b"", limit - len(clusters))
    return Page(tuple(disputes), tuple(shared), Place(contact=last) if last is not None else None)


def claims_among(subject_ids: Iterable[UUID]) -> list[Claimed]:
    """Every claim that joins one of these subjects with another, oldest first."""
    ids = set(subject_ids)
    rows = session().scalars(
        sa.select(IdentityClaim)
        .where(sa.or_(IdentityClaim.a_subject_id.in_(ids), IdentityClaim.b_subject_id.in_(ids)))
        .order_by(IdentityClaim.recorded_at, IdentityClaim.id)
    )
    claims = list(rows)
    ends = {end for claim in claims for end in (claim.a_subject_id, claim.b_subject_id)}
    found = session().execute(sa.select(DataSubject.id, DataSubject.group_id).where(DataSubject.id.in_(ends)))
    groups = {row.id: row.group_id for row in found}
    return [
        Claimed(
            claim.a_subject_id,
            claim.b_subject_id,
            claim.source,
            claim.claimed_at,
            claim.recorded_at,
            claim.retired_at,
            in_dispute=claim.retired_at is None and groups[claim.a_subject_id] != groups[claim.b_subject_id],
        )
        for claim in claims
    ]


def hide_place(actor: Actor, place: Place) -> str:
    """Where a page ended, as only this client can hand it back: it says nothing, so it may stand in an address."""
    kind, value = (b"d", place.cluster.bytes) if place.cluster else (b"c", place.contact or b"")
    sealed = Pairwise(keyring.installed(), actor.id).seal(_CURSOR, kind + value)
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def reveal_place(actor: Actor, text: str) -> Place:
    """The place behind what `hide_place` gave; raises `InvalidInput`."""
    try:
        sealed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        opened = Pairwise(keyring.installed(), actor.id).open(_CURSOR, sealed)
    except (ValueError, SealBroken):
        raise InvalidInput.of("after", "Give what the page before answered as `next`, or leave it out.") from None
    return Place(cluster=UUID(bytes=opened[1:])) if opened[:1] == b"d" else Place(contact=opened[1:])


# Disputes.


def _clusters_in_dispute(realm: str, after: UUID | None, limit: int) -> list[UUID]:
    """Clusters in which a claim that holds joins two who stand apart.

    Of its two ends one at least is apart from its cluster, so the few who are, an index of their own, are enough.
    """
    query = (
        sa.select(DataSubject.cluster_id)
        .where(_APART, DataSubject.realm == realm)
        .where(
            sa.or_(
                _joined_with_another(IdentityClaim.a_subject_id, IdentityClaim.b_subject_id),
                _joined_with_another(IdentityClaim.b_subject_id, IdentityClaim.a_subject_id),
            )
        )
        .group_by(DataSubject.cluster_id)
        .order_by(DataSubject.cluster_id)
        .limit(limit)
    )
    if after is not None:
        query = query.where(DataSubject.cluster_id > after)
    return list(session().scalars(query))


def _joined_with_another(
    mine: sa.SQLColumnExpression[UUID], theirs: sa.SQLColumnExpression[UUID]
) -> sa.ColumnElement[bool]:
    other = sa.orm.aliased(DataSubject)
    return sa.exists().where(
        mine == DataSubject.id,
        IdentityClaim.retired_at.is_(None),
        other.id == theirs,
        other.group_id != DataSubject.group_id,
    )


def _disputes(clusters: Sequence[UUID], programme: Programme) -> Iterator[Dispute]:
    apart = sa.select(DataSubject.id).where(_APART, DataSubject.cluster_id.in_(clusters))
    # The head of a cluster is never apart from it, and may be in its dispute.
    ids = {*session().scalars(apart), *clusters}
    claims = [claim for claim in claims_among(ids) if claim.in_dispute]
    ends = sorted({end for claim in claims for end in (claim.a, claim.b)})
    placed = places(ends, [Link(claim.a, claim.b) for claim in claims], {})
    accounts = {
        row.subject_id: row
        for row in session().scalars(sa.select(AccountIdentifier).where(AccountIdentifier.subject_id.in_(ends)))
    }
    for head in sorted({place.group for place in placed.values()}):
        members = [accounts[subject] for subject in ends if placed[subject].group == head and subject in accounts]
        yield _dispute(members, [claim for claim in claims if placed[claim.a].group == head], programme)


def _dispute(rows: Sequence[AccountIdentifier], claims: Sequence[Claimed], programme: Programme) -> Dispute:
    exclusive = {
        row.subject_id: row.type
        for row in rows
        if row.retired_at is None
        and row.type in programme.identifier_types
        and programme.identifier_types[row.type].one_per_person
    }
    counts = Counter(exclusive.values())
    members = tuple(
        Member(
            row.subject_id,
            row.type,
            row.source,
            row.held_from,
            row.retired_at,
            contested=counts[exclusive[row.subject_id]] > 1 if row.subject_id in exclusive else False,
        )
        for row in rows
    )
    return Dispute(members, tuple(claims), _since(claims, exclusive))


def _since(claims: Sequence[Claimed], exclusive: Mapping[UUID, str]) -> int:
    """When the first claim came with which they disagreed. More claims never end a dispute, so halving finds it."""
    ends = {end for claim in claims for end in (claim.a, claim.b)}

    def disputed(number: int) -> bool:
        """Whether the first so many claims disagree: somebody whom they join with others then stands alone."""
        links = [Link(claim.a, claim.b) for claim in claims[:number]]
        agreed, judged = places(ends, links, {}), places(ends, links, exclusive)
        return any(agreed[end].group != judged[end].group for end in ends)

    number = bisect_left(range(len(claims)), True, lo=1, key=lambda at: disputed(at + 1))
    return claims[min(number, len(claims) - 1)].recorded_at
