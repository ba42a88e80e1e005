"""Who is who follows from the set of claims: their order and direction change nothing."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from privacy.subjects.identity import Link, Place, places

PEOPLE = [UUID(int=n) for n in range(1, 7)]
#: Of the first three, a person has at most one.
EXCLUSIVE = dict.fromkeys(PEOPLE[:3], "customer_id")
C1, C2, C3, K1, K2, K3 = PEOPLE

_links = st.lists(
    st.builds(Link, st.sampled_from(PEOPLE), st.sampled_from(PEOPLE), st.booleans(), st.booleans()), max_size=8
)


@given(links=_links, data=st.data())
def test_the_order_and_direction_of_claims_change_nothing(links: list[Link], data: st.DataObject) -> None:
    shuffled = [
        replace(link, a=link.b, b=link.a) if data.draw(st.booleans()) else link
        for link in data.draw(st.permutations(links))
    ]
    assert places(PEOPLE, shuffled + shuffled[:2], EXCLUSIVE) == places(PEOPLE, links, EXCLUSIVE)


@given(links=_links)
def test_the_three_sets_are_nested(links: list[Link]) -> None:
    placed = places(PEOPLE, links, EXCLUSIVE)
    for one in placed.values():
        for other in placed.values():
            assert one.group != other.group or one.cluster == other.cluster
            assert one.cluster != other.cluster or one.person == other.person


@given(links=_links, more=_links)
def test_a_no_once_shared_stays_shared(links: list[Link], more: list[Link]) -> None:
    before, after = places(PEOPLE, links, EXCLUSIVE), places(PEOPLE, links + more, EXCLUSIVE)
    for a in PEOPLE:
        for b in PEOPLE:
            assert before[a].cluster != before[b].cluster or after[a].cluster == after[b].cluster


def test_two_customers_with_one_card_stand_alone_until_a_review() -> None:
    claims = [Link(C1, K1), Link(C2, K1)]
    placed = places(PEOPLE, claims, EXCLUSIVE)
    assert {placed[s].group for s in (C1, C2, K1)} == {C1, C2, K1}
    assert {placed[s].cluster for s in (C1, C2, K1)} == {C1}
    reviewed = places(PEOPLE, [claims[0], replace(claims[1], holds=False)], EXCLUSIVE)
    assert {reviewed[s].group for s in (C1, K1)} == {C1}
    assert reviewed[C2] == Place(C1, C1, C2)


def test_a_merge_makes_one_person_and_joins_no_cluster() -> None:
    placed = places(PEOPLE, [Link(C1, C2, claim=False)], EXCLUSIVE)
    assert placed[C2] == Place(C1, C2, C2, C1)


def test_a_merge_of_two_in_dispute_joins_those_two_and_not_the_card() -> None:
    placed = places(PEOPLE, [Link(C1, K1), Link(C2, K1), Link(C1, C2, claim=False)], EXCLUSIVE)
    assert [placed[s] for s in (C1, C2, K1)] == [Place(C1, C1, C1, C1), Place(C1, C1, C2, C1), Place(C1, C1, K1)]


@given(links=_links)
def test_whom_merges_and_sure_claims_connect_share_the_answer(links: list[Link]) -> None:
    placed = places(PEOPLE, links, EXCLUSIVE)
    for link in links:
        if not link.claim:
            a, b = placed[link.a], placed[link.b]
            assert a.group == b.group or (a.merged is not None and a.merged == b.merged)
    for one in placed.values():
        for other in placed.values():
            assert one.group != other.group or one.merged == other.merged
            assert one.merged is None or one.merged != other.merged or one.person == other.person


def test_two_cards_of_one_customer_agree() -> None:
    placed = places(PEOPLE, [Link(C1, K1), Link(C1, K2)], EXCLUSIVE)
    assert {placed[s].group for s in (C1, K1, K2)} == {C1}
