"""Who is who follows from the set of claims, not from their order."""

from __future__ import annotations

import random
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from privacy.subjects.identity import Link, Place, places

C1, C2, C3, L1, L2, D1 = (UUID(int=number) for number in range(1, 7))
CUSTOMERS = {C1: "customer_id", C2: "customer_id", C3: "customer_id"}
EVERYBODY = [C1, C2, C3, L1, L2, D1]


def place(links: list[Link]) -> dict[UUID, Place]:
    return places(EVERYBODY, links, CUSTOMERS)


def test_accounts_claimed_together_are_one_group() -> None:
    placed = place([Link(C1, L1), Link(L1, D1)])
    assert placed[C1].group == placed[L1].group == placed[D1].group == C1
    assert placed[C2] == Place(C2, C2, C2)


def test_one_card_on_two_customer_numbers_is_in_dispute_and_each_stands_alone() -> None:
    placed = place([Link(C1, L1), Link(C2, L1)])
    assert [placed[s].group for s in (C1, C2, L1)] == [C1, C2, L1]
    assert {placed[s].cluster for s in (C1, C2, L1)} == {C1}


def test_two_cards_of_one_customer_are_no_dispute() -> None:
    placed = place([Link(C1, L1), Link(C1, L2)])
    assert {placed[s].group for s in (C1, L1, L2)} == {C1}


def test_a_claim_found_wrong_parts_the_groups_and_keeps_the_cluster() -> None:
    placed = place([Link(C1, L1), Link(C2, L1, holds=False)])
    assert placed[L1].group == placed[C1].group == C1
    assert placed[C2].group == C2
    assert placed[C2].cluster == C1


def test_a_merge_joins_the_person_and_nothing_else() -> None:
    placed = place([Link(C1, C2, claim=False)])
    assert placed[C1].person == placed[C2].person == C1
    assert placed[C2].cluster == placed[C2].group == C2


LINKS = st.builds(
    Link, st.sampled_from(EVERYBODY), st.sampled_from(EVERYBODY), claim=st.booleans(), holds=st.booleans()
)


@given(st.lists(LINKS, max_size=10), st.randoms(use_true_random=False))
def test_any_order_and_repetition_of_links_gives_the_same_places(links: list[Link], chance: random.Random) -> None:
    shuffled = [*links, *chance.choices(links, k=3)] if links else []
    chance.shuffle(shuffled)
    assert place(shuffled) == place(links)


@given(st.lists(LINKS, max_size=10))
def test_the_three_sets_are_nested(links: list[Link]) -> None:
    placed = place(links)
    for one in placed.values():
        for other in placed.values():
            assert one.group != other.group or one.cluster == other.cluster
            assert one.cluster != other.cluster or one.person == other.person


@given(st.lists(LINKS, max_size=8), LINKS)
def test_no_group_ever_holds_two_customers(links: list[Link], more: Link) -> None:
    placed = place([*links, more])
    groups = [placed[customer].group for customer in CUSTOMERS]
    assert len(set(groups)) == len(groups)
