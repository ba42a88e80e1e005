"""The fold is a function of the set of acts: order and repetition change nothing, and doubt is "no"."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privacy.consent import policy
from privacy.consent.acts import NOES, Act, ActKind, NoEffect

_ids = st.integers(1, 10**6).map(lambda n: UUID(int=n))
_contacts = st.sampled_from([None, UUID(int=1), UUID(int=2)])
_kinds = st.sampled_from([kind for kind in ActKind if kind is not ActKind.ANNUL])


@st.composite
def an_act(draw: st.DrawFn) -> Act:
    earliest = draw(st.integers(0, 20))
    return Act(
        id=draw(_ids),
        kind=draw(_kinds),
        earliest=earliest,
        latest=earliest + draw(st.sampled_from([0, 0, 1, 5])),
        contact=draw(_contacts),
        wording=draw(st.sampled_from([("klauzula", "3.0"), ("klauzula", "2.1")])),
        proof=draw(st.sampled_from(["own_act", "staff_claim"])),
        no_effect=draw(st.sampled_from([None, None, None, NoEffect.FUTURE_CLAIM, NoEffect.WORDING_MISSING])),
    )


@st.composite
def sets_of_acts(draw: st.DrawFn) -> list[Act]:
    """Acts, some of them annulled."""
    acts = draw(st.lists(an_act(), max_size=12, unique_by=lambda act: act.id))
    annulled = draw(st.lists(st.sampled_from(acts), max_size=3, unique_by=lambda act: act.id)) if acts else []
    annulments = [
        Act(UUID(int=10**7 + number), ActKind.ANNUL, 30, 30, refers_to=act.id) for number, act in enumerate(annulled)
    ]
    return acts + annulments


@given(acts=sets_of_acts(), data=st.data())
def test_order_and_repetition_change_nothing(acts: list[Act], data: st.DataObject) -> None:
    repeated = acts + (data.draw(st.lists(st.sampled_from(acts), max_size=6)) if acts else [])
    assert policy.fold(data.draw(st.permutations(repeated))) == policy.fold(acts)


@given(acts=sets_of_acts(), data=st.data())
def test_extending_facts_by_an_act_is_folding_all_of_them(acts: list[Act], data: st.DataObject) -> None:
    facts, seen = policy.NOTHING, []
    for act in data.draw(st.permutations(acts)):
        seen.append(act)
        extended = policy.extend(facts, act) if not any(a.kind is ActKind.ANNUL for a in seen) else None
        facts = policy.fold(seen) if extended is None else extended
        assert facts == policy.fold(seen)


@given(acts=sets_of_acts())
def test_no_consent_survives_that_a_no_may_be_newer_than(acts: list[Act]) -> None:
    annulled = {act.refers_to for act in acts if act.kind is ActKind.ANNUL}
    noes = [act for act in acts if act.kind in NOES and act.id not in annulled]
    for give in policy.fold(acts).gives:
        for no in noes:
            assert give.earliest > no.latest or no.contact not in (None, give.contact)


@given(acts=sets_of_acts())
def test_stored_facts_read_back_as_they_were(acts: list[Act]) -> None:
    facts = policy.fold(acts)
    assert policy.unpack(policy.pack(facts)) == facts
    assert policy.pack(policy.fold(acts[::-1])) == policy.pack(facts)


@pytest.mark.parametrize("kind", [ActKind.CONFIRM, ActKind.ANNUL])
def test_what_may_bring_back_something_forgotten_is_folded_anew(kind: ActKind) -> None:
    assert policy.extend(policy.NOTHING, Act(UUID(int=1), kind, 1, 1)) is None
