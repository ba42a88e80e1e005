"""Many acts in one call leave what the same acts leave one after another, and lock their people in one go."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Sequence
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from privacy.clock import SECOND
from privacy.consent.models import ConsentAct
from privacy.consent.recording import MOST_AT_ONCE
from privacy.consent.service import ActIn, ActKind, Cited, Recorded
from privacy.db import new_id, session
from privacy.errors import InvalidInput, NotFound
from privacy.outbox.models import OutboxMessage
from privacy.subjects.models import DataSubject
from privacy.subjects.service import AgeClass, Naming
from tests.consent.desk import Desk, claim, clock_at
from tests.consent.histories import ACCOUNTS, EMAILS, START, act_in, acts, who
from tests.consent.oracle import Said
from tests.consent.traces import Trace, trace
from tests.sizes import size

EWA = {"customer_id": "C-1", "email": "ewa@example.com"}
JAN = {"loyalty_card": "K-1", "email": "jan@example.com"}
_tags = itertools.count()
#: Calls, each of some acts: what was said, and what is different about it.
_calls = st.lists(
    st.lists(
        st.tuples(
            acts(), st.sampled_from(["", "", "", "", "confirm", "inform", "once", "parent", "network", "both", "sms"])
        ),
        min_size=1,
        max_size=7,
    ),
    min_size=1,
    max_size=3,
)


def _given(desk: Desk, tag: str, said: Said, twist: str) -> ActIn:
    one = act_in(desk, tag, said)
    changes: dict[str, Any] = {}
    match twist:
        case "confirm" | "inform" if not said.everything:
            changes = {"act": ActKind(twist), "wording": None}
        case "once":
            changes = {"once": f"{tag}-{said.kind}-{said.claimed}"}
        case "parent":
            parent = desk.name(who(tag, ("C2",), None))
            changes = {"by": parent, "mandate": "parent", "age_class": AgeClass.FROM_13}
        case "network":
            changes = {"network": {"ip": "192.0.2.1"}, "evidence": {"form": "newsletter"}}
        case "both" if not said.accounts:
            changes = {"naming": desk.name(_alone(tag, "a") | {"phone": _phone(tag)})}
        case "sms" if not said.everything:
            changes = {"channels": ["email", "sms"]}
    return dataclasses.replace(one, **changes)


def _phone(tag: str) -> str:
    return f"+48601{int(tag[1:]):06d}"


def _alone(tag: str, email: str) -> dict[str, str]:
    return who(tag, (), email)


def _trace(desk: Desk, tag: str) -> Trace:
    namings = {account: desk.name(who(tag, (account,), None)) for account in ACCOUNTS}
    namings |= {email: desk.name(_alone(tag, email)) for email in EMAILS}
    found = trace(namings | {"phone": desk.name({"phone": _phone(tag)})})
    session().close()
    return found


def _answers(recorded: Sequence[Recorded]) -> list[Any]:
    return [
        (
            one.version,
            one.committed_at,
            [(r.purpose, r.channel, r.known, r.kept_without_effect, r.contact is None) for r in one.records],
        )
        for one in recorded
    ]


@settings(max_examples=size("examples_database"))
@given(calls=_calls, merged=st.booleans(), again=st.booleans())
def test_many_acts_in_one_call_leave_what_they_leave_one_by_one(
    shared_desk: Desk, calls: list[list[tuple[Said, str]]], merged: bool, again: bool
) -> None:
    one, many = (f"m{next(_tags)}" for _ in range(2))
    at = START
    for call in [*calls, *([calls[0]] if again else [])]:
        at = max(at + SECOND, START + max(said.received for said, _ in call) * SECOND)
        with clock_at(at):
            singly = [shared_desk.record_many([_given(shared_desk, one, *said)])[0] for said in call]
            together = shared_desk.record_many([_given(shared_desk, many, *said) for said in call])
            assert _answers(together) == _answers(singly)
            assert [[r.decision.reason for r in got.records] for got in together[-1:]] == [
                [r.decision.reason for r in got.records] for got in singly[-1:]
            ]
            if merged:
                _merge_some(shared_desk, one, many)
    assert _trace(shared_desk, many) == _trace(shared_desk, one)
    assert shared_desk.findings() == []


def _merge_some(desk: Desk, *tags: str) -> None:
    """Staff merge a customer with a contact alone, where both are there."""
    for tag in tags:
        pair = who(tag, ("C1",), None), _alone(tag, "a")
        try:
            desk.merge(*pair)
        except (NotFound, InvalidInput):  # nobody there yet, or the address is only the customer's own
            session().close()


def test_an_act_in_one_call_finds_the_people_and_acts_of_those_before_it(desk: Desk) -> None:
    one = desk.act_in(EWA, "give", claim=claim("2026-03-01T10:00+01:00"))
    linking = desk.act_in(EWA | {"loyalty_card": "K-9"}, "withdraw", claim=claim("2026-03-02T10:00+01:00"))
    got = desk.record_many([one, one, linking, one])
    assert [[record.known for record in each.records] for each in got] == [[False], [True], [False], [True]]
    assert [each.version for each in got] == [1, 1, 2, 2]
    assert desk.reason({"loyalty_card": "K-9"}) == "withdrawn"
    assert desk.findings() == []


def test_what_a_decision_says_is_as_of_the_whole_call(desk: Desk) -> None:
    got = desk.record_many([desk.act_in(EWA, "give"), desk.act_in(EWA, "withdraw")])
    assert [each.records[0].decision.reason for each in got] == ["withdrawn", "withdrawn"]


def test_a_no_that_names_two_contacts_alone_is_kept_for_both_and_repeats(desk: Desk) -> None:
    both = EWA | {"phone": "+48601000001"}
    del both["customer_id"]
    no = {"purpose": None, "channels": None, "claim": claim("2026-03-01T10:00+01:00")}
    first, again = (desk.record(both, "withdraw", **no) for _ in range(2))
    assert [record.known for record in (*first.records, *again.records)] == [False, False, True, True]
    assert len({record.id for record in first.records}) == 2
    assert desk.reason({"phone": "+48601000001"}, "offers", "sms") == "withdrawn"
    assert desk.reason({"email": "ewa@example.com"}) == "withdrawn"


def test_a_bad_act_stops_the_whole_call(desk: Desk) -> None:
    good = desk.act_in(EWA, "give")
    missing = dataclasses.replace(good, naming=Naming(desk.actor.realm, ref=new_id()))
    for bad, error in ((desk.act_in(JAN, "give", purpose="nonsense"), InvalidInput), (missing, NotFound)):
        with pytest.raises(error):
            desk.record_many([good, bad])
    for model in (DataSubject, ConsentAct):
        assert session().scalar(sa.select(sa.func.count()).select_from(model)) == 0


def test_no_acts_are_no_call(desk: Desk) -> None:
    assert desk.record_many([]) == []


def test_too_many_acts_are_refused_before_anybody_is_locked(desk: Desk) -> None:
    with pytest.raises(ValueError, match="at most"):
        desk.record_many([desk.act_in(EWA, "give")] * (MOST_AT_ONCE + 1))


def test_as_many_people_as_one_call_may_name_are_found_again(desk: Desk) -> None:
    people = [{"customer_id": f"C-{n}", "email": f"c{n}@example.com"} for n in range(600)]
    given = [desk.act_in(who, "give", claim=claim("2026-03-01T10:00+01:00")) for who in people]
    assert {record.known for each in desk.record_many(given) for record in each.records} == {False}
    assert {record.known for each in desk.record_many(given) for record in each.records} == {True}
    assert desk.reason(people[599]) == "given"
    assert desk.findings() == []


def test_of_two_double_opt_ins_in_one_call_one_message_goes_out(desk: Desk) -> None:
    ask = desk.act_in(EWA, "request", purpose="newsletter", wording=Cited("newsletter"))
    desk.record_many([ask, ask, desk.act_in(JAN, "request", purpose="newsletter", wording=Cited("newsletter"))])
    assert session().scalar(sa.select(sa.func.count()).select_from(OutboxMessage)) == 2
    assert session().scalar(sa.select(sa.func.count()).select_from(ConsentAct)) == 3
