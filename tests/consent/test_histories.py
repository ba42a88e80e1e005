"""Random histories against a naive oracle, in any order, merged and unmerged, and asked about their past."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from privacy.clock import SECOND
from tests.consent.desk import Desk, clock_at
from tests.consent.histories import ACCOUNTS, EMAILS, END, START, histories, tell, tell_all, who
from tests.consent.oracle import NOES, STOPS, Oracle, Said, questions
from tests.sizes import size

Asked = tuple[tuple[str, ...], str]
QUESTIONS: list[Asked] = list(questions(ACCOUNTS, EMAILS))
_tags = itertools.count()

on_a_database = settings(max_examples=size("examples_database"))


def _tag() -> str:
    return f"h{next(_tags)}"


def _answers(desk: Desk, tag: str, asked: Sequence[Asked] = QUESTIONS) -> dict[Asked, str]:
    with clock_at(END):
        return {question: desk.reason(who(tag, *question)) for question in asked}


@on_a_database
@given(history=histories, data=st.data())
def test_the_service_says_what_a_naive_reading_of_the_rules_says(
    shared_desk: Desk, history: list[Said], data: st.DataObject
) -> None:
    tag, oracle = _tag(), Oracle(history)
    tell_all(shared_desk, tag, data.draw(st.permutations(history)))
    assert _answers(shared_desk, tag) == {question: oracle.answer(*question) for question in QUESTIONS}


@on_a_database
@given(history=histories, data=st.data())
def test_the_order_in_which_acts_arrive_changes_no_answer(
    shared_desk: Desk, history: list[Said], data: st.DataObject
) -> None:
    one, other = _tag(), _tag()
    tell_all(shared_desk, one, data.draw(st.permutations(history)))
    tell_all(shared_desk, other, data.draw(st.permutations(history)))
    by_account = [((account,), "") for account in ACCOUNTS]
    assert _answers(shared_desk, one) == _answers(shared_desk, other)
    assert _answers(shared_desk, one, by_account) == _answers(shared_desk, other, by_account)


@on_a_database
@given(history=histories, late=histories)
def test_no_act_that_arrives_late_turns_a_no_into_a_yes_unless_it_is_surely_newer(
    shared_desk: Desk, history: list[Said], late: list[Said]
) -> None:
    tag = _tag()
    tell_all(shared_desk, tag, history)
    before = _answers(shared_desk, tag)
    oldest_no = min((said.span[1] for said in history if said.kind in NOES), default=0)
    tell_all(shared_desk, tag, [said for said in late if said.kind in NOES or said.span[0] <= oldest_no])
    after = _answers(shared_desk, tag)
    stopped = [question for question, reason in before.items() if reason in STOPS]
    assert [question for question in stopped if after[question] == "given"] == []


@on_a_database
@given(history=histories)
def test_a_question_about_the_past_gets_the_answer_that_was_given(shared_desk: Desk, history: list[Said]) -> None:
    tag = _tag()
    given_then = []
    asked = [*QUESTIONS[::3], *[((account,), "") for account in ACCOUNTS]]
    moments = sorted(history, key=lambda said: said.received)
    for said, following in itertools.zip_longest(moments, moments[1:]):
        tell(shared_desk, tag, said)
        if following is None or following.received > said.received:
            at = START + said.received * SECOND + 1
            with clock_at(at):
                given_then += [(at, question, shared_desk.reason(who(tag, *question))) for question in asked]
    with clock_at(END):
        assert [(at, q, shared_desk.reason(who(tag, *q), at=at)) for at, q, _ in given_then] == given_then


@on_a_database
@given(history=histories, meanwhile=histories)
def test_a_merge_never_widens_and_an_unmerge_restores(
    shared_desk: Desk, history: list[Said], meanwhile: list[Said]
) -> None:
    tag, alone = _tag(), _tag()
    customers = [who(t, (account,), None) for t in (tag, alone) for account in ("C1", "C2")]
    with clock_at(START):
        for customer in customers:
            shared_desk.put(customer)
    for mine in (tag, alone):
        tell_all(shared_desk, mine, history)
    asked = [((account,), email) for account in ("C1", "C2") for email in EMAILS]
    before = _answers(shared_desk, tag, asked)
    one, other = customers[0], customers[1]
    with clock_at(END - 2 * SECOND):
        shared_desk.merge(one, other)
    merged = _answers(shared_desk, tag, asked)
    for email in EMAILS:
        pair = [before[(account,), email] for account in ("C1", "C2")]
        for account in ("C1", "C2"):
            if merged[(account,), email] == "given":
                assert "given" in pair
                assert set(pair) <= {"given", "no_record", "contact_unknown", "shared_contact"}
    with clock_at(END - SECOND):
        shared_desk.unmerge(one, other)
    assert _answers(shared_desk, tag, asked) == before
    with clock_at(END - 2 * SECOND):
        shared_desk.merge(one, other)
    tell_all(shared_desk, tag, meanwhile)
    with clock_at(END - SECOND):
        shared_desk.unmerge(one, other)
    tell_all(shared_desk, alone, meanwhile)
    # What was said while they were merged: every no stays with both, a yes with the one that it named.
    for question, reason in _answers(shared_desk, tag, asked).items():
        if reason == "given":
            assert _answers(shared_desk, alone, [question])[question] == "given"


def said(kind: str, accounts: tuple[str, ...], email: str | None, received: int = 0) -> Said:
    return Said(kind, accounts, email, received)


def test_what_came_through_a_merge_does_not_stay_by_a_claim_in_dispute(shared_desk: Desk) -> None:
    tag = _tag()
    one, other = (who(tag, (account,), None) for account in ("C1", "C2"))
    with clock_at(START):
        for customer in (one, other):
            shared_desk.put(customer)
        shared_desk.merge(one, other)
    card = [said("give", ("C1", "K1"), None), said("give", ("C2", "K1"), None)]
    tell_all(shared_desk, tag, [said("give", ("C1",), "b"), *card])
    with clock_at(END - SECOND):
        shared_desk.unmerge(one, other)
    answers = _answers(shared_desk, tag, [(("C1",), "b"), (("C2",), "b")])
    assert answers == {(("C1",), "b"): "given", (("C2",), "b"): "no_record"}


def test_a_merge_of_two_whom_a_claim_in_dispute_connects_is_their_meet_too(shared_desk: Desk) -> None:
    tag = _tag()
    one, other = (who(tag, (account,), None) for account in ("C1", "C2"))
    card = [said("give", ("C2", "K1"), None), said("withdraw", ("C1", "K1"), None)]
    tell_all(shared_desk, tag, [*card, said("give", ("C1",), "a", 60)])
    with clock_at(END - SECOND):
        shared_desk.merge(one, other)
    assert _answers(shared_desk, tag, [(("C1",), "a")]) == {(("C1",), "a"): "withdrawn"}


def test_after_all_that_every_cached_fact_is_what_the_fold_says(shared_desk: Desk) -> None:
    assert shared_desk.findings() == []
