"""A person explained: what became of each act, and answers that are those of a check, for any history."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given, settings

from privacy.authz.actors import OPERATOR
from privacy.clock import DAY, SECOND, micros
from privacy.consent import service as consent
from privacy.consent.service import ActKind, Answer, Cited, Claim, Effect, Explanation, NoEffect, Scope
from privacy.db import unit_of_work
from privacy.errors import InvalidInput, NotFound
from privacy.subjects import service as subjects
from tests.consent.desk import Desk, clock_at
from tests.consent.histories import ACCOUNTS, EMAILS, END, START, histories, tell, tell_all, who
from tests.consent.oracle import Said
from tests.sizes import size

ANNA = {"customer_id": "C-1", "email": "anna@example.com"}
BOTH = ANNA | {"phone": "+48600100200"}
CARD = {"loyalty_card": "K-1"}
NOW = micros()
_tags = itertools.count()

on_a_database = settings(max_examples=size("examples_database"))


def _explain(desk: Desk, who: dict[str, str], **scope: Any) -> Explanation:
    return consent.explain(desk.name(who), actor=OPERATOR, programme=desk.programme, scope=Scope(**scope))


def _effects(desk: Desk, who: dict[str, str], kind: str = "give", **scope: Any) -> list[tuple[str | None, Effect]]:
    """What became of the newest act of a kind."""
    (person,) = _explain(desk, who, **scope).people
    act = next(act for act in person.acts if act.view.act == kind)
    return [(contact.masked if contact else None, verdict.effect) for contact, verdict in act.verdicts]


# The answers are those of a check.


def _as_checked(desk: Desk, named: dict[str, str], answers: tuple[Answer, ...]) -> None:
    """Every answer of the page is what a check with that name gives, down to the act that decides."""
    assert answers
    for answer in answers:
        out = desk.check(named, answer.purpose.code, answer.channel).decision
        pairs = [(None, out)] if answer.index is None else [(h.index, each) for h, each in out.contacts]
        found = dict(pairs).get(answer.index, out)
        assert answer.decision == found


@on_a_database
@given(history=histories)
def test_every_answer_is_that_of_a_check_for_any_history(shared_desk: Desk, history: list[Said]) -> None:
    tag = f"x{next(_tags)}"
    tell_all(shared_desk, tag, history)
    with clock_at(END):
        for said in history:
            named = who(tag, said.accounts, said.email)
            found = _explain(shared_desk, named, purpose="offers", channel="email")
            _as_checked(shared_desk, named, found.asked.answers)
            for person in found.people:
                for asked in person.asked:
                    assert asked.subject_id
                    ref = {"ref": subjects.hide_subject(OPERATOR, asked.subject_id)}
                    emails = {f"{email}.{tag}@example.com" for email in EMAILS}
                    _as_checked(
                        shared_desk, ref if asked.contact is None else _alone(asked.contact, emails), asked.answers
                    )


def _alone(contact: consent.Shown, emails: set[str]) -> dict[str, str]:
    (value,) = [email for email in emails if contact.masked.startswith(email[:1])]
    return {contact.kind: value}


@on_a_database
@given(history=histories)
def test_acts_and_answers_tell_the_same_story(shared_desk: Desk, history: list[Said]) -> None:
    """What an answer relies on is an act in effect, and what outweighs an act is a "no" that is not surely older."""
    tag = f"y{next(_tags)}"
    tell_all(shared_desk, tag, history)
    with clock_at(END):
        for account in ACCOUNTS:
            named = who(tag, (account,), None)
            try:
                people = _explain(shared_desk, named, purpose="offers", channel="email").people
            except NotFound:
                continue
            acts = {act.view.id: act for person in people for act in person.acts}
            members = [member for person in people for member in person.view.members]
            assert acts.keys() == {view.id for view in consent.acts_of(members)}
            for asked in (asked for person in people for asked in person.asked):
                for give in [a.decision.give for a in asked.answers if a.decision.reason.value == "given"]:
                    assert give
                    # About a contact alone all who hold it are asked, also those who are not behind the account named.
                    assert give.act_id in acts or asked.contact is not None
                    verdicts = acts[give.act_id].verdicts if give.act_id in acts else ()
                    assert not verdicts or Effect.RELIED_ON in {verdict.effect for _, verdict in verdicts}
            for act in acts.values():
                for _, verdict in act.verdicts:
                    if verdict.effect is Effect.OUTWEIGHED:
                        assert verdict.by
                        no = acts[verdict.by].view
                        assert no.act in {ActKind.WITHDRAW, ActKind.REFUSE, ActKind.OBJECT}
                        assert no.latest >= act.view.earliest


@on_a_database
@given(history=histories)
def test_the_past_is_explained_as_it_was_answered_then(shared_desk: Desk, history: list[Said]) -> None:
    tag = f"z{next(_tags)}"
    first = min(history, key=lambda said: said.received)
    tell(shared_desk, tag, first)
    named, at = who(tag, first.accounts, first.email), START + first.received * SECOND
    with clock_at(at):
        then = _explain(shared_desk, named, purpose="offers", channel="email")
    tell_all(shared_desk, tag, [said for said in history if said.received > first.received])
    with clock_at(END):
        now = _explain(shared_desk, named, purpose="offers", channel="email", at=at)
    assert [a.decision.reason for a in now.asked.answers] == [a.decision.reason for a in then.asked.answers]
    known = [act for person in now.people for act in person.acts if act.view.act is not ActKind.ANNUL]
    assert {act.view.received_at for act in known} <= {at}


# What became of an act.


def test_a_consent_that_counts_says_on_what_and_until_when(desk: Desk) -> None:
    desk.record(ANNA, "give", claim=Claim(NOW - DAY))
    (person,) = _explain(desk, ANNA).people
    (act,) = person.acts
    ((contact, verdict),) = act.verdicts
    assert contact == consent.Shown("email", "a***@example.com")
    assert verdict.effect is Effect.RELIED_ON
    (answer,) = [a for a in person.asked[0].answers if a.decision.allowed and a.decision.give]
    assert (answer.purpose.code, answer.channel, answer.contact) == ("offers", "email", contact)
    assert answer.decision.valid_until == verdict.until


def test_a_withdrawal_outweighs_and_names_the_act_that_does(desk: Desk) -> None:
    desk.record(ANNA, "give", claim=Claim(NOW - 9 * DAY))
    desk.record(ANNA, "withdraw", claim=Claim(NOW - 8 * DAY), purpose=None, channels=None)
    (person,) = _explain(desk, ANNA).people
    no, give = person.acts
    assert [(v.effect, v.by) for _, v in give.verdicts] == [(Effect.OUTWEIGHED, no.view.id)]
    assert ("offers", "email") in {(a.purpose.code, a.channel) for a in no.decides}
    assert [v.effect for _, v in no.verdicts] == [Effect.STANDS]
    desk.record(ANNA, "give", claim=Claim(NOW - DAY))
    newer, no, give = _explain(desk, ANNA).people[0].acts
    assert [v.effect for _, v in newer.verdicts] == [Effect.RELIED_ON]
    assert [v.effect for _, v in give.verdicts] == [Effect.OUTWEIGHED]
    assert [(a.purpose.code, a.channel, by) for a, by in no.outlived] == [("offers", "email", newer.view.id)]


def test_a_newer_consent_takes_the_place_of_an_older_one(desk: Desk) -> None:
    desk.record(ANNA, "give", claim=Claim(NOW - 9 * DAY))
    desk.record(ANNA, "give", claim=Claim(NOW - 5 * DAY))
    newer, older = _explain(desk, ANNA).people[0].acts
    assert [v.effect for _, v in newer.verdicts] == [Effect.RELIED_ON]
    assert [(v.effect, v.by) for _, v in older.verdicts] == [(Effect.REPLACED, newer.view.id)]


def test_an_account_alone_covers_what_it_held_then(desk: Desk) -> None:
    desk.put(BOTH | {"email": "b@example.com"}, held_from=NOW - 9 * DAY)
    desk.put(ANNA)
    desk.record({"customer_id": "C-1"}, "give", claim=Claim(NOW - 5 * DAY))
    assert _effects(desk, ANNA) == [("b***@example.com", Effect.RELIED_ON)]
    desk.record({"customer_id": "C-2"}, "give")
    assert _effects(desk, {"customer_id": "C-2"}) == [(None, Effect.CONTACT_UNKNOWN)]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"wording": None}, Effect.WITHOUT_EFFECT),
        ({"wording": Cited("klauzula", "2.0")}, Effect.WITHOUT_EFFECT),
        ({"text_sha256": "0" * 64}, Effect.WITHOUT_EFFECT),
        ({"dated": False}, Effect.WITHOUT_EFFECT),
        ({"claim": Claim(NOW + 900 * DAY)}, Effect.WITHOUT_EFFECT),
        ({"purpose": "newsletter", "channels": ["sms"]}, Effect.WITHOUT_EFFECT),
        ({"purpose": "newsletter"}, Effect.UNCONFIRMED),
        ({"purpose": "newsletter", "method": "call_centre"}, Effect.UNPROVEN),
        ({"purpose": "partner_sharing", "channels": None, "method": "call_centre"}, Effect.UNPROVEN),
        ({"claim": Claim(NOW - 700 * DAY), "wording": Cited("klauzula", "3.0")}, Effect.RELIED_ON),
    ],
)
def test_why_a_consent_has_no_effect(desk: Desk, fields: dict[str, Any], expected: Effect) -> None:
    desk.record(ANNA, "give", **fields)
    assert {effect for _, effect in _effects(desk, ANNA)} == {expected}


def test_expired_superseded_annulled_and_confirmed(desk: Desk) -> None:
    short = desk.where(offers={"validity": "P1D"})
    desk.record(ANNA, "give", claim=Claim(NOW - 5 * DAY))
    assert _effects(desk.where(offers={"explicit": True}), ANNA) == [("a***@example.com", Effect.NOT_EXPLICIT)]
    assert _effects(short, ANNA) == [("a***@example.com", Effect.EXPIRED)]
    doubled = desk.where(offers={"double_opt_in": True})
    assert _effects(doubled, ANNA) == [("a***@example.com", Effect.UNCONFIRMED)]
    desk.record(ANNA, "confirm", method="confirmed_code")
    assert _effects(doubled, ANNA) == [("a***@example.com", Effect.RELIED_ON)]
    (person,) = _explain(doubled, ANNA).people
    give = next(act for act in person.acts if act.view.act is ActKind.GIVE)
    confirm = next(act for act in person.acts if act.view.act is ActKind.CONFIRM)
    assert [(v.effect, v.by) for _, v in confirm.verdicts] == [(Effect.CONFIRMS, give.view.id)]
    desk.annul(purpose="offers", acts=(ActKind.GIVE,))
    assert _effects(desk, ANNA) == [(None, Effect.ANNULLED)]
    assert _effects(desk, ANNA, "annul") == [(None, Effect.TAKES_OUT)]
    assert _effects(doubled, ANNA, "confirm") == [(None, Effect.CONFIRMS_NOTHING)]


def test_identifiers_that_disagree_wait_and_the_links_say_so(desk: Desk) -> None:
    desk.record(ANNA | CARD, "give")
    assert _effects(desk, ANNA) == [("a***@example.com", Effect.RELIED_ON)]
    other = desk.put({"customer_id": "C-2"} | CARD)
    (person,) = _explain(desk, ANNA).people
    assert [claim.in_dispute for claim in person.claims] == [True, True]
    assert len(person.asked) == 3
    assert _effects(desk, ANNA) == [("a***@example.com", Effect.IDENTIFIERS_DISAGREE)]
    desk.retire(other)
    (person,) = _explain(desk, ANNA).people
    assert sorted(claim.in_dispute for claim in person.claims) == [False, False]
    assert _effects(desk, ANNA) == [("a***@example.com", Effect.RELIED_ON)]


def test_everybody_behind_an_address_is_explained(desk: Desk) -> None:
    desk.record({"email": ANNA["email"]}, "withdraw")
    desk.record(ANNA, "give")
    desk.record({"customer_id": "C-2", "email": ANNA["email"]}, "give")
    found = _explain(desk, {"email": ANNA["email"]}, purpose="offers", channel="email")
    assert sorted(person.view.kind for person in found.people) == ["account", "account", "contact"]
    assert [answer.decision.reason.value for answer in found.asked.answers] == ["withdrawn"]


def test_after_an_unmerge_a_consent_stayed_with_the_other(desk: Desk) -> None:
    one, other = {"customer_id": "C-1"}, {"customer_id": "C-2", "email": "b@example.com"}
    desk.put(ANNA)
    desk.put(other)
    desk.merge(one, other)
    desk.record(other, "give")
    (person,) = _explain(desk, one).people
    assert len(person.view.members) == 2
    desk.unmerge(one, other)
    assert _effects(desk, one) == [(None, Effect.MERGE_ENDED)]
    assert _effects(desk, other) == [("b***@example.com", Effect.RELIED_ON)]


def test_a_suppression_stands_until_lifted_or_outweighed(desk: Desk) -> None:
    desk.put(BOTH)
    desk.event({"email": ANNA["email"]}, "hard_bounce", claim=Claim(NOW - 9 * DAY))
    desk.event({"phone": BOTH["phone"]}, "complaint", claim=Claim(NOW - 9 * DAY))
    entries = _explain(desk, ANNA).people[0].suppressed
    assert sorted((e.contact.kind, e.cause, e.everything, e.stands) for e in entries) == [
        ("email", "hard_bounce", True, True),
        ("phone", "complaint", False, True),
    ]
    desk.record(ANNA, "give", claim=Claim(NOW - 5 * DAY))
    with unit_of_work():
        consent.lift(desk.contact({"phone": BOTH["phone"]}), actor=OPERATOR, reason="a mistake")
    found = {e.contact.kind: e for e in _explain(desk, ANNA).people[0].suppressed}
    assert (found["email"].outweighed_at, found["email"].stands) == (NOW - 5 * DAY, False)
    assert found["phone"].lifted_at is not None


def test_only_one_purpose_and_channel(desk: Desk) -> None:
    desk.record(BOTH, "give", channels=["email", "sms"])
    desk.record(BOTH, "withdraw", purpose=None, channels=None)
    (person,) = _explain(desk, BOTH, purpose="offers", channel="sms").people
    assert [(act.view.purpose, act.view.channel) for act in person.acts] == [("*", "*"), ("offers", "sms")]
    assert {(a.purpose.code, a.channel) for asked in person.asked for a in asked.answers} == {("offers", "sms")}
    for wrong in ({"purpose": "nothing"}, {"channel": "pigeon"}, {"purpose": "newsletter", "channel": "sms"}):
        with pytest.raises(InvalidInput):
            _explain(desk, BOTH, **wrong)


def test_every_reason_has_its_sentence() -> None:
    words = consent.plain_words
    assert words.NO_EFFECTS.keys() == set(NoEffect)
    assert words.EFFECTS.keys() == set(Effect)
    assert words.REASONS.keys() == set(consent.Reason)
