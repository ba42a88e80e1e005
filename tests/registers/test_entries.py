"""Entries of the registers: who begins, advises on and decides them, and that the log tells of it."""

from __future__ import annotations

import threading
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from privacy import clock
from privacy.access.failures import OfficerOnly, StaffNotFound
from privacy.audit.models import AuditBody
from privacy.authz.actors import OPERATOR, Actor, ActorKind
from privacy.authz.permissions import CLIENT_SCOPES, Permission
from privacy.crypto import keyring
from privacy.crypto.owner_keys import load_owner_key
from privacy.db import new_id, session, unit_of_work
from privacy.errors import InvalidInput, NotPermitted
from privacy.outbox import service as outbox
from privacy.outbox.models import OutboxMessage
from privacy.registers import service as registers
from privacy.registers.models import RegisterEntry
from privacy.registers.service import (
    About,
    AdviceNeeded,
    EntryBeingRenewed,
    EntryChanged,
    EntryClosed,
    EntryKind,
    EntryNotDecided,
    EntryNotFound,
    EntryOutcome,
    EntryState,
    EntryView,
    OfficerMayNotDecide,
    Wanted,
)
from tests.consent.desk import lay_programme
from tests.erasure.test_erasing import verified
from tests.registers.office import DPIA, LIA, begun, colleague, done, draft
from tests.sizes import size

pytestmark = pytest.mark.usefixtures("in_force", "frozen")


class Office:
    """Who works here: jan who handles, ola who decides, ewa who is the data protection officer."""

    def __init__(self) -> None:
        self.jan, self.ola, self.ewa = colleague("jan"), colleague("ola"), colleague("ewa", "dpo")


@pytest.fixture
def office(context: Flask) -> Office:
    """The office under the example programme."""
    assert context.name
    lay_programme()
    return Office()


def decided(one: EntryView, outcome: EntryOutcome, by: Actor) -> EntryView:
    return done(lambda: registers.decide(one.id, one.version, outcome, reason="as written", actor=by))


def advised(one: EntryView, by: Actor) -> EntryView:
    return done(lambda: registers.advise(one.id, one.version, "keep less", actor=by))


def events() -> list[str]:
    query = sa.select(AuditBody.action).where(AuditBody.object_type == "register_entry")
    return sorted(filter(None, session().scalars(query)))


def test_a_training_is_written_down_with_those_who_took_part(office: Office, tmp_path: Path) -> None:
    one = begun(EntryKind.TRAINING, actor=office.jan, about=About(activities=("marketing",)))
    assert (one.number, one.state, one.owner) == ("T-2026-0001", EntryState.OPEN, "jan")
    assert one.content.participants == ["Anna Kowalska"]
    held = decided(one, EntryOutcome.HELD, office.ewa)  # To say that it took place is no approval.
    assert (held.state, held.decided_by, held.about.activities) == (EntryState.DECIDED, "ewa", ("marketing",))
    assert events() == ["register_entry.begun", "register_entry.decided"]
    assert verified(tmp_path) == ()


def test_what_an_entry_says_is_sealed_and_the_log_vouches_for_it(office: Office, tmp_path: Path) -> None:
    one = begun(EntryKind.TRAINING, actor=office.jan, title="For Kowalska alone")
    row = session().get_one(RegisterEntry, one.id)
    assert b"Kowalska" not in bytes(row.content_enc) + repr(vars(row)).encode()
    assert "Kowalska" not in repr(one)
    session().rollback()
    with unit_of_work():
        session().execute(sa.update(RegisterEntry).values(outcome="held"))
    assert verified(tmp_path) != ()


def test_an_impact_assessment_hears_the_officer_and_is_decided_by_somebody_else(office: Office) -> None:
    one = begun(EntryKind.DPIA, actor=office.jan)
    with pytest.raises(AdviceNeeded):
        decided(one, EntryOutcome.ACCEPTABLE, office.ola)
    with pytest.raises(OfficerOnly):
        advised(one, office.jan)
    one = advised(one, office.ewa)
    assert (one.content.advice, one.advised_by) == ("keep less", "ewa")
    with pytest.raises(OfficerMayNotDecide):
        decided(one, EntryOutcome.ACCEPTABLE, office.ewa)
    # Whoever changes the text asks the officer again.
    one = done(lambda: registers.change(one.id, one.version, draft(EntryKind.DPIA, title="More"), actor=office.jan))
    with pytest.raises(AdviceNeeded):
        decided(one, EntryOutcome.ACCEPTABLE, office.ola)
    one = decided(advised(one, office.ewa), EntryOutcome.WITH_MEASURES, office.ola)
    assert (one.state, one.outcome, one.content.reason) == (
        EntryState.DECIDED,
        EntryOutcome.WITH_MEASURES,
        "as written",
    )


def test_a_high_risk_that_is_left_goes_to_the_authority_first(office: Office) -> None:
    one = begun(EntryKind.DPIA, actor=office.jan, answers=DPIA | {"residual_risk": "high"})
    one = advised(one, office.ewa)
    with pytest.raises(InvalidInput, match=r"Art\. 36"):
        decided(one, EntryOutcome.ACCEPTABLE, office.ola)
    one = decided(one, EntryOutcome.CONSULT_AUTHORITY, office.ola)
    assert one.state is EntryState.CONSULTING
    with pytest.raises(InvalidInput, match="authority answered"):
        decided(one, EntryOutcome.WITH_MEASURES, office.ola)
    with pytest.raises(EntryClosed):
        done(lambda: registers.change(one.id, one.version, draft(EntryKind.DPIA), actor=office.jan))
    today = date(2026, 11, 21)
    with pytest.raises(InvalidInput, match="has come"):
        done(lambda: registers.note_consultation(one.id, one.version, date(2099, 1, 1), "yes", actor=office.jan))
    one = done(lambda: registers.note_consultation(one.id, one.version, today, "with a term", actor=office.jan))
    assert (one.consulted_on, one.content.authority_advice) == (today, "with a term")
    assert decided(one, EntryOutcome.WITH_MEASURES, office.ola).state is EntryState.DECIDED


def test_a_balance_that_needs_safeguards_names_them(office: Office) -> None:
    one = begun(EntryKind.LIA, actor=office.jan)
    with pytest.raises(InvalidInput, match="safeguards"):
        decided(one, EntryOutcome.PASSED_WITH_SAFEGUARDS, office.ola)
    answers = LIA | {"safeguards": "an easy way to object"}
    one = done(lambda: registers.change(one.id, one.version, draft(EntryKind.LIA, answers=answers), actor=office.jan))
    assert decided(one, EntryOutcome.PASSED_WITH_SAFEGUARDS, office.ola).outcome is EntryOutcome.PASSED_WITH_SAFEGUARDS


def test_a_decided_entry_is_not_edited_and_a_new_version_supersedes_it(office: Office, tmp_path: Path) -> None:
    first = decided(begun(EntryKind.LIA, actor=office.jan), EntryOutcome.PASSED, office.ola)
    with pytest.raises(EntryClosed):
        done(lambda: registers.change(first.id, first.version, draft(EntryKind.LIA), actor=office.jan))
    with pytest.raises(EntryClosed):
        done(lambda: registers.cancel(first.id, first.version, reason="no", actor=office.jan))
    second = done(lambda: registers.renew(first.id, first.version, actor=office.jan))
    assert (second.number, second.supersedes_id, second.content.answers) == ("LIA-2026-0002", first.id, LIA)
    first = registers.view(first.id, realm=OPERATOR.realm)
    assert first.state is EntryState.DECIDED  # It stands until the new one is decided.
    with pytest.raises(EntryBeingRenewed):
        done(lambda: registers.renew(first.id, first.version, actor=office.jan))
    with pytest.raises(EntryNotDecided):
        done(lambda: registers.renew(second.id, second.version, actor=office.jan))
    decided(second, EntryOutcome.FAILED, office.ola)
    assert registers.view(first.id, realm=OPERATOR.realm).state is EntryState.SUPERSEDED
    assert verified(tmp_path) == ()


def test_a_change_to_an_older_version_is_refused(office: Office) -> None:
    one = begun(EntryKind.TRAINING, actor=office.jan)
    newer = done(lambda: registers.change(one.id, 1, draft(EntryKind.TRAINING, title="Newer"), actor=office.jan))
    for change in (
        lambda: registers.change(one.id, 1, draft(EntryKind.TRAINING), actor=office.ola),
        lambda: registers.decide(one.id, 1, EntryOutcome.HELD, reason="r", actor=office.ola),
        lambda: registers.add_file(one.id, 1, "a.txt", b"a", actor=office.ola),
    ):
        with pytest.raises(EntryChanged):
            done(change)
    assert registers.view(one.id, realm=OPERATOR.realm) == newer


def test_of_two_who_change_an_entry_at_once_one_is_told(office: Office, context: Flask) -> None:
    one = begun(EntryKind.TRAINING, actor=office.jan)
    for _ in range(size("examples_database")):
        barrier, told = threading.Barrier(2), list[str]()
        version = registers.view(one.id, realm=OPERATOR.realm).version
        session().rollback()

        def change(name: str, barrier: Any = barrier, told: Any = told, version: int = version) -> None:
            with context.app_context():
                barrier.wait()
                try:
                    done(
                        lambda: registers.change(one.id, version, draft(EntryKind.TRAINING, title=name), actor=OPERATOR)
                    )
                    told.append("changed")
                except EntryChanged:
                    told.append("refused")

        threads = [threading.Thread(target=change, args=(name,)) for name in ("one", "other")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(told) == ["changed", "refused"]


def test_numbers_are_given_once_though_many_begin_at_once(office: Office, context: Flask) -> None:
    assert office.jan.name
    count, numbers = 6, list[str]()
    barrier = threading.Barrier(count)

    def begin() -> None:
        with context.app_context():
            barrier.wait()
            numbers.append(begun(EntryKind.AUDIT, answers={}).number)

    threads = [threading.Thread(target=begin) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(numbers) == [f"A-2026-{n:04d}" for n in range(1, count + 1)]


def test_owners_are_told_when_an_entry_is_to_be_looked_at_again(
    office: Office, frozen: time_machine.Traveller, tmp_path: Path
) -> None:
    one = begun(EntryKind.LIA, actor=office.jan, review_on=date(2026, 11, 30))
    one = decided(one, EntryOutcome.PASSED, office.ola)
    assert registers.listed(Wanted(due=True)) == []
    frozen.move_to("2026-11-29T23:30:00Z")  # In Warsaw it is the 30th.
    assert [seen.id for seen in registers.listed(Wanted(due=True))] == [one.id]
    for _ in range(2):
        done(lambda: registers.remind_of_entries(clock.micros(), actor=OPERATOR))
    [mail] = outbox.messages()
    assert mail.template == "register_review"
    row = session().get_one(OutboxMessage, mail.id)
    key = load_owner_key(session(), keyring.installed(), row.owner_id, row.key_version)
    body = key.open("outbox_message", "body_enc", row.id, row.body_enc).decode()
    assert "LIA-2026-0001" in body
    assert "30 listopada 2026 r." in body
    one = registers.view(one.id, realm=OPERATOR.realm)
    later = date(2027, 11, 30)
    with pytest.raises(InvalidInput, match="later day"):
        done(lambda: registers.review(one.id, one.version, date(2026, 11, 30), reason="same", actor=office.jan))
    done(lambda: registers.review(one.id, one.version, later, reason="nothing has changed", actor=office.jan))
    assert registers.listed(Wanted(due=True)) == []
    assert verified(tmp_path) == ()


def test_entries_are_found_by_kind_state_owner_and_day(office: Office) -> None:
    training = begun(EntryKind.TRAINING, held_on=date(2026, 10, 1))
    lia = begun(EntryKind.LIA, owner="ola", held_on=None)
    gone = begun(EntryKind.TRAINING, held_on=None)
    done(lambda: registers.cancel(gone.id, gone.version, reason="nobody came", actor=office.jan))

    def found(**fields: Any) -> set[UUID]:
        return {one.id for one in registers.listed(Wanted(**fields))}

    assert found() == {training.id, lia.id, gone.id}
    assert found(kind=EntryKind.TRAINING) == {training.id, gone.id}
    assert found(state=EntryState.CANCELLED) == {gone.id}
    assert found(owner="ola") == {lia.id}
    assert found(last=date(2026, 10, 31)) == {training.id}
    assert found(first=date(2026, 11, 1), last=date(2026, 11, 30)) == {lia.id, gone.id}
    first, second, _ = sorted((training.id, lia.id, gone.id))
    assert [one.id for one in registers.listed(Wanted(), after=first, limit=1)] == [second]
    assert registers.named("LIA-2026-0001", realm=OPERATOR.realm) == lia.id
    with pytest.raises(StaffNotFound):
        registers.listed(Wanted(owner="nobody"))
    with pytest.raises(EntryNotFound):
        registers.view(new_id(), realm=OPERATOR.realm)


@pytest.mark.parametrize(
    ("kind", "fields", "place"),
    [
        (EntryKind.TRAINING, {"title": " "}, "title"),
        (EntryKind.TRAINING, {"title": "x" * 201}, "title"),
        (EntryKind.TRAINING, {"answers": {"no_such": "x"}}, "answers"),
        (EntryKind.TRAINING, {"answers": {"programme": "x" * 20_001}}, "answers.programme"),
        (EntryKind.TRAINING, {"participants": ("",)}, "participants"),
        (EntryKind.LIA, {"participants": ("Jan",)}, "participants"),
        (EntryKind.DPIA, {"answers": {"residual_risk": "small"}}, "answers.residual_risk"),
        (EntryKind.TRAINING, {"about": About(activities=("no_such",))}, "activities"),
        (EntryKind.TRAINING, {"about": About(purposes=("no_such",))}, "purposes"),
        (EntryKind.TRAINING, {"about": About(processors=("no_such",))}, "processors"),
    ],
)
def test_what_does_not_fit_is_named_and_not_repeated(
    office: Office, kind: EntryKind, fields: dict[str, Any], place: str
) -> None:
    assert office.jan.name
    with pytest.raises(InvalidInput) as raised:
        begun(kind, **fields)
    assert list(raised.value.extensions["errors"]) == [place]
    assert "no_such" not in str(raised.value)


@pytest.mark.parametrize(
    ("kind", "fields", "outcome", "place"),
    [
        (EntryKind.TRAINING, {"answers": {}}, EntryOutcome.HELD, "answers.programme"),
        (EntryKind.TRAINING, {"participants": ()}, EntryOutcome.HELD, "participants"),
        (EntryKind.TRAINING, {"held_on": None}, EntryOutcome.HELD, "held_on"),
        (EntryKind.TRAINING, {"held_on": date(2099, 1, 1)}, EntryOutcome.HELD, "held_on"),
        (EntryKind.TRAINING, {}, EntryOutcome.PASSED, "outcome"),
        (EntryKind.LIA, {"answers": {}}, EntryOutcome.PASSED, "answers.purpose"),
    ],
)
def test_what_is_missing_is_asked_for_before_the_decision(
    office: Office, kind: EntryKind, fields: dict[str, Any], outcome: EntryOutcome, place: str
) -> None:
    one = begun(kind, **fields)
    with pytest.raises(InvalidInput) as raised:
        decided(one, outcome, office.ola)
    assert place in raised.value.extensions["errors"]


def test_machines_keep_no_registers(office: Office) -> None:
    assert office.jan.name
    client = Actor(ActorKind.CLIENT, new_id(), "shop", CLIENT_SCOPES)
    with pytest.raises(NotPermitted):
        begun(EntryKind.TRAINING, actor=client)
    handler = Actor(ActorKind.STAFF, office.jan.id, "jan", frozenset({Permission.REGISTERS_HANDLE}))
    with pytest.raises(NotPermitted, match="registers:decide"):
        decided(begun(EntryKind.LIA, actor=handler), EntryOutcome.PASSED, handler)
