"""What may happen to a disposal run on its way: rows that change, systems that are away, people who stop it."""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable
from typing import Any

import pytest

from privacy import clock
from privacy.authz.actors import OPERATOR
from privacy.crypto.owner_keys import KeyDestroyed
from privacy.db import db, unit_of_work
from privacy.erasure import service as erasure
from privacy.erasure import terms
from privacy.programme import service as programmes
from privacy.programme.types import Programme, System
from privacy.retention import service as retention
from privacy.retention.forecasts.forecast import Horizon, forecast
from privacy.retention.holds.failures import UnderLegalHold
from privacy.retention.runs import audited_runs, executing, runs, workflow
from privacy.retention.runs.counting import Counts
from privacy.retention.runs.failures import BatchOnItsWay, NotByHand, OtherPreview
from privacy.retention.runs.part_leases import PartLost
from privacy.retention.runs.runs import Statement
from privacy.retention.runs.vocabulary import PartState, RunState
from privacy.subjects import service as subjects
from privacy.systems import service as systems
from privacy.systems.connector import Connector, SystemUnreachable
from tests.consent.desk import Desk
from tests.retention import hold_desk
from tests.retention.offices import (
    DATA_SETS,
    NEW,
    OLD,
    ROWS,
    RULES,
    SCHEMA,
    Office,
    a_person,
    office_programme,
    rule,
    somebody,
)
from tests.retention.test_forecast import place

pytestmark = pytest.mark.usefixtures("in_force")

TEXTS = dict.fromkeys(("pl", "en", "hr"), "the keeper of the cupboard")
Laid = Callable[..., Office]
OWN = rule("silent", "last_activity", "P1D", covers={"systems": ["privacy"]})


def before_change(office: Office, then: Callable[[], object]) -> Callable[[System, Programme], Connector]:
    """Connections by which `then` happens once, just before the first change."""
    once = [then]

    def connect(system: System, programme: Programme) -> Connector:
        made: Any = systems.connect(system, programme)
        change = made.change

        def changed(*given: Any, **named: Any) -> Any:
            if once:
                once.pop()()
            return change(*given, **named)

        made.change = changed
        return made  # type: ignore[no-any-return]  # a connector with one method replaced

    assert office.app
    return connect


def run_sql(office: Office, system: str, statement: str) -> None:
    with office.open(system) as connection:
        connection.execute(statement)


def test_a_row_that_came_to_life_is_passed_over_and_counted_as_changed(laid: Laid) -> None:
    office = laid()
    run_id = office.started(systems=["chat"])
    office.work(
        connect=before_change(office, lambda: run_sql(office, "chat", f"UPDATE talk SET held_on='{NEW}' WHERE id=3"))
    )
    assert [row[0] for row in office.rows("chat", "talk")] == [2, 3, 4, 6, 8]
    did = office.did(run_id)["chat.talk"]
    assert (did.deleted, did.rules) == ({"chat.talk": 3}, {"talk": 3})
    assert office.run(run_id).state == RunState.DONE


def test_what_goes_with_a_row_stays_with_it_when_it_came_to_life(laid: Laid) -> None:
    office = laid()
    run_id = office.started(rules=["customer"])
    # Her invoice is over by another rule, which is not chosen: without it nothing keeps her row.
    run_sql(office, "shop", "DELETE FROM invoice WHERE customer_id = 1")
    office.step(runs.stop, run_id)
    office.step(runs.preview, run_id)
    office.work()
    assert office.counted(run_id)["shop.customer"].deleted == {"shop.customer": 1, "shop.note": 1}
    office.step(runs.start, run_id)
    seen = lambda: run_sql(office, "shop", f"UPDATE customer SET seen_on = '{NEW}' WHERE id = 1")  # noqa: E731  # one line
    office.work(connect=before_change(office, seen))
    assert [row[0] for row in office.rows("shop", "customer")] == [1, 2, 3, 4]
    assert [row[0] for row in office.rows("shop", "note")] == [100, 101, 102]
    assert office.run(run_id).state == RunState.DONE


def test_more_than_was_agreed_to_stops_the_run_for_a_new_agreement(laid: Laid) -> None:
    office = laid()
    run_id = office.started(systems=["chat"])
    office.put("chat", "talk", [(n, "new@example.com", "hello", OLD) for n in range(20, 25)])
    office.work()
    assert office.run(run_id).state == RunState.EXCEEDED
    assert len(office.rows("chat", "talk")) == 13
    office.step(runs.preview, run_id)
    office.work()
    office.step(runs.start, run_id)
    office.work()
    assert office.run(run_id).state == RunState.DONE
    assert len(office.rows("chat", "talk")) == 4
    assert office.did(run_id)["chat.talk"].deleted == {"chat.talk": 9}


def test_another_programme_stops_the_run(laid: Laid) -> None:
    office = laid()
    run_id = office.started(systems=["chat"])
    with office.app.app_context():
        office_programme((*RULES[:2], rule("talk", "created", "P20Y", covers={"systems": ["chat"]})))
        db.session.remove()
    office.work()
    assert office.run(run_id).state == RunState.EXCEEDED
    assert len(office.rows("chat", "talk")) == 8


def test_a_stop_takes_back_what_is_not_final_and_a_start_goes_on(laid: Laid) -> None:
    office = laid()
    run_id = office.started(systems=["chat"])
    # What is not confirmed any more is rolled back in the system.
    stopping = threading.Thread(target=lambda: office.step(runs.stop, run_id))
    office.work(connect=before_change(office, lambda: (stopping.start(), stopping.join())))
    assert office.run(run_id).state == RunState.STOPPED
    assert len(office.rows("chat", "talk")) == 8
    office.step(runs.start, run_id)
    office.let_time_pass()
    office.work()
    assert office.run(run_id).state == RunState.DONE
    assert len(office.rows("chat", "talk")) == 4


def test_a_system_that_is_away_in_the_middle_is_tried_again(laid: Laid, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(executing, "BATCH", 2)
    office = laid()
    run_id = office.started(systems=["chat"])

    def away() -> None:
        raise SystemUnreachable("away")

    office.work(connect=before_change(office, away))
    [part] = office.parts(run_id).values()
    assert (part.state, part.failure) == (PartState.RUNNING, "system-unreachable")
    office.let_time_pass()
    office.work()
    assert office.run(run_id).state == RunState.DONE
    assert office.did(run_id)["chat.talk"].deleted == {"chat.talk": 4}


def test_two_workers_at_once_do_each_row_once(laid: Laid, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(executing, "BATCH", 3)
    office = laid(rows={**ROWS, "chat": {"talk": [(n, "anna@example.com", "x", OLD) for n in range(30)]}})
    run_id = office.started()
    workers = [threading.Thread(target=office.work) for _ in range(3)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    office.let_time_pass()
    office.work()
    assert office.run(run_id).state == RunState.DONE
    assert office.did(run_id)["chat.talk"].deleted == {"chat.talk": 30}


def test_fields_that_are_over_before_their_row_are_emptied_and_it_is_marked(laid: Laid) -> None:
    described = copy.deepcopy(DATA_SETS)
    described[0]["collections"][1]["fields"][3]["data_categories"] = ["purchases"]
    shop = {"systems": ["shop"]}
    phones = rule("phones", "created", "P2Y", covers=shop | {"data_categories": ["contact"]})
    bought = rule("bought", "created", "P5Y", covers=shop | {"data_categories": ["purchases"]})
    invoices = [(5, 2, "2023-05-01", "Lipowa 2", "+48600100400", 0), (6, 2, OLD, "Lipowa 3", "+48600100500", 0)]
    rows = {"shop": {"customer": [(2, "ola@example.com", "Ola", NEW, 0)], "invoice": invoices}}
    office = laid(rows=rows, rules=(phones, bought, RULES[2]), data_sets=described)
    run_id = office.done()
    assert office.rows("shop", "invoice") == [(5, 2, "2023-05-01", "Lipowa 2", None, 1)]
    did = office.did(run_id)["shop.invoice"]
    assert (did.deleted, did.changed) == ({"shop.invoice": 1}, {"shop.invoice": 1})
    assert (did.deleted, did.changed) == (office.counted(run_id)["shop.invoice"].deleted, {"shop.invoice": 1})
    assert office.did(office.done())["shop.invoice"].total == 0


def test_keys_that_could_match_others_name_no_row(laid: Laid) -> None:
    schema = "CREATE TABLE talk (id TEXT PRIMARY KEY, email TEXT, said TEXT, held_on TEXT);"
    office = laid(rows={})
    with office.open("chat") as connection:
        connection.executescript(f"DROP TABLE talk; {schema}")
    office.put(
        "chat", "talk", [("%", "a@example.com", "x", OLD), ("", "b@example.com", "x", OLD), ("1", None, "x", OLD)]
    )
    run_id = office.done(systems=["chat"])
    assert [row[0] for row in office.rows("chat", "talk")] == ["", "%"]
    did = office.did(run_id)["chat.talk"]
    assert (did.deleted, did.stays) == ({"chat.talk": 1}, {"unreadable": 2})
    assert SCHEMA["chat"] != schema


def test_our_own_people_are_erased_each_by_themselves(laid: Laid) -> None:
    office = laid(rules=(OWN,), rows={})
    with office.app.app_context():
        with unit_of_work():
            programme = programmes.current()
            for number in range(3):
                naming = subjects.name_of(programme, OPERATOR, {"customer_id": f"C-{number}"})
                subjects.put_subject(naming, actor=OPERATOR, programme=programme, source="shop")
        db.session.remove()
    run_id = office.done(systems=["privacy"])
    assert office.did(run_id)["silent"].total == 0
    with office.app.app_context():
        with unit_of_work() as current:
            current.execute(subjects.DataSubject.__table__.update().values(created_at=0))
        db.session.remove()
    run_id = office.done(systems=["privacy"])
    assert office.did(run_id)["silent"].deleted == {"privacy.data_subject": 3}
    assert office.run(run_id).state == RunState.DONE
    assert office.did(office.done(systems=["privacy"]))["silent"].total == 0


def test_what_no_system_can_list_is_stated_by_a_person(laid: Laid) -> None:
    described = [
        {
            "code": code,
            "names": dict.fromkeys(("pl", "en", "hr"), code),
            "connector": kind,
            "controllers": ["sklepy"],
            "data_sets": [code],
            "purposes": [],
        }
        | more
        for code, kind, more in (
            ("shop", "sql", {}),
            ("chat", "manual", {"settings": {"instructions": TEXTS, "who": "the keeper"}}),
        )
    ]
    office = laid(systems=described)
    run_id = office.started(systems=["chat"])
    office.work()
    [part] = office.parts(run_id).values()
    assert (part.way, part.state, office.run(run_id).state) == ("by_hand", "for_a_person", "running")
    with pytest.raises(NotByHand):
        office.step(runs.again, run_id, part.id)
    office.step(runs.state_by_hand, run_id, part.id, Statement(4, 0, "shredded"))
    assert office.run(run_id).state == RunState.DONE
    assert office.did(run_id)["chat.talk"].deleted == {"chat.talk": 4}

    with office.app.app_context():
        hold_desk.colleague("ewa")
        held = hold_desk.place(systems=("chat",))
        db.session.remove()
    run_id = office.started(systems=["chat"])
    office.work()
    [part] = office.parts(run_id).values()
    assert (part.state, part.failure) == ("for_a_person", "held")
    with pytest.raises(UnderLegalHold, match=held.number):
        office.step(runs.state_by_hand, run_id, part.id, Statement(1, 0, "shredded"))
    office.step(runs.state_by_hand, run_id, part.id, Statement(0, 0, "left as it is"))
    assert office.run(run_id).state == RunState.DONE


def test_nothing_goes_before_the_warning_that_its_rule_wants(laid: Laid) -> None:
    talk = RULES[2] | {"warning": {"days": 14, "attempts": 2}}
    office = laid(rules=(*RULES[:2], talk))
    run_id = office.started(systems=["chat"])
    assert office.counted(run_id)["chat.talk"].deleted == {"chat.talk": 4}
    office.work()
    [part] = office.parts(run_id).values()
    assert (part.state, len(office.rows("chat", "talk"))) == (PartState.WAITING, 8)
    assert office.did(run_id)["chat.talk"].stays == {"warning": 4}
    with office.app.app_context():
        [warning] = retention.listed_warnings(run_id=run_id)
        db.session.remove()
    office.step(retention.decide_warning, warning.id, retention.Choice.LET_GO, reason="told", version=warning.version)
    office.let_time_pass()
    office.work()
    assert (office.run(run_id).state, len(office.rows("chat", "talk"))) == (RunState.DONE, 4)
    assert office.did(run_id)["chat.talk"].stays == {}


def test_a_person_whom_another_rule_needs_yet_stays(laid: Laid) -> None:
    office = laid(rules=(OWN, rule("long", "created", "P99Y", covers={"systems": ["privacy"]})), rows={})
    a_person(office, "C-1")
    run_id = office.done(systems=["privacy"])
    assert office.did(run_id)["silent"].total == office.counted(run_id)["silent"].total == 0


def test_who_is_due_by_two_rules_is_counted_once_by_the_one_that_ends_last(laid: Laid) -> None:
    office = laid(rules=(OWN, rule("longer", "created", "P9D", covers=OWN["covers"])), rows={})
    a_person(office, "C-1")
    run_id = office.done(systems=["privacy"])
    for found in (office.counted(run_id), office.did(run_id)):
        assert {place: one.total for place, one in found.items()} == {"silent": 0, "longer": 1}


def test_who_gave_a_consent_that_is_in_force_or_is_restricted_stays(laid: Laid) -> None:
    office = laid(rules=(OWN,), rows={})
    with office.app.app_context():
        desk = Desk(programmes.current())
        desk.record({"email": "anna@example.com"}, "give", purpose="newsletter", now=clock.micros() - 3 * clock.DAY)
        desk.put({"email": "jan@example.com"}, ["restricted"])
        desk.put({"email": "ewa@example.com"})
        with unit_of_work() as current:
            current.execute(subjects.DataSubject.__table__.update().values(created_at=0))
        db.session.remove()
    run_id = office.done(systems=["privacy"])
    assert office.did(run_id)["silent"].deleted == {"privacy.data_subject": 1}
    assert office.did(run_id)["silent"].stays == {}
    with office.app.app_context():
        silent = place(forecast(), "privacy", "silent")
        assert (silent.goes, silent.stays) == ({}, {"in_use": {Horizon.PAST: 2}})


def test_who_is_needed_by_a_room_above_stays(laid: Laid, monkeypatch: pytest.MonkeyPatch) -> None:
    office = laid(rules=(OWN,), rows={})
    a_person(office, "C-1")
    asked = erasure.Eraser("dsar", lambda _ids: {}, needs=lambda ids: ids)
    monkeypatch.setattr(terms, "_process", terms._Process(erasure.Terms(), (asked,)))
    assert office.did(office.done(systems=["privacy"]))["silent"].total == 0
    monkeypatch.undo()
    assert office.did(office.done(systems=["privacy"]))["silent"].total == 1


def test_nobody_agrees_to_what_they_did_not_see(laid: Laid) -> None:
    office = laid(rules=tuple(one | {"approvals": 2} for one in RULES))
    run_id = office.previewed(systems=["chat"])
    ewa, jan = somebody("ewa"), somebody("jan")
    seen = office.run(run_id).preview
    with pytest.raises(OtherPreview):
        office.step(runs.approve, run_id, preview="0" * 64, actor=ewa)
    office.step(runs.approve, run_id, preview=seen, actor=ewa)
    with pytest.raises(workflow.SamePersonAgain):
        office.step(runs.approve, run_id, preview=seen, actor=ewa)
    with pytest.raises(workflow.RunStepNotPossible):
        office.step(runs.start, run_id)
    office.step(runs.preview, run_id)
    office.work()
    assert (office.run(run_id).first_by, office.run(run_id).state) == (None, "previewed")
    office.step(runs.approve, run_id, preview=office.run(run_id).preview, actor=ewa)
    office.step(runs.approve, run_id, preview=office.run(run_id).preview, actor=jan)
    office.step(runs.start, run_id)


def test_a_run_that_is_given_up_tells_of_a_batch_that_became_final_while_it_was_stopped(
    laid: Laid, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = laid()
    run_id = office.started(systems=["chat"])
    monkeypatch.setattr(executing, "_write_done", killed)
    office.work()
    assert len(office.rows("chat", "talk")) == 4
    office.step(runs.stop, run_id)
    with pytest.raises(BatchOnItsWay):
        office.step(runs.cancel, run_id)
    monkeypatch.undo()
    office.let_time_pass()
    office.work()
    assert office.run(run_id).state == RunState.STOPPED
    office.step(runs.cancel, run_id)
    assert office.did(run_id)["chat.talk"].deleted == {"chat.talk": 4}
    assert '"chat.talk":4' in (office.run(run_id).account or "")


def test_what_was_done_before_a_part_failed_stays_counted_beside_what_is_stated(laid: Laid) -> None:
    office = laid()
    run_id = office.started(systems=["chat"])
    [part] = office.parts(run_id).values()
    with office.app.app_context(), unit_of_work():
        now = runs.lock_part(run_id, part.id)
        now.done, now.state = Counts(deleted={"chat.talk": 3}).stored(), PartState.FOR_A_PERSON.value
        audited_runs.record_part("disposal_part.batch_done", now, actor=OPERATOR)
    office.step(runs.state_by_hand, run_id, part.id, Statement(1, 0, "the last one, by hand"))
    assert office.did(run_id)["chat.talk"].deleted == {"chat.talk": 4}


def test_the_key_of_a_run_goes_with_it_or_when_what_was_said_is_no_longer_needed(laid: Laid) -> None:
    office = laid()
    silent = office.done(systems=["chat"])
    said = office.started(systems=["shop"])
    part = next(iter(office.parts(said).values()))
    with office.app.app_context(), unit_of_work():
        for each in runs.parts_of(said):
            each.state = PartState.FOR_A_PERSON.value
    for each in office.parts(said).values():
        office.step(runs.state_by_hand, said, each.id, Statement(1, 0, "shredded"))
    assert office.run(said).state == RunState.DONE
    with office.app.app_context():
        with pytest.raises(KeyDestroyed):
            runs.key_of(silent)
        assert runs.key_of(said)
        db.session.remove()
        for later, forgotten in ((1_000, 0), (1_100, 1), (1_100, 0)):
            with unit_of_work():
                at = clock.micros() + later * clock.DAY
                assert retention.forget_statements(at, actor=OPERATOR) == forgotten
        with pytest.raises(KeyDestroyed):
            runs.key_of(said)
        db.session.remove()
    assert office.parts(said)[part.place].statement_enc is None


def killed(*_given: object) -> None:
    raise PartLost


def test_every_rule_by_which_something_goes_has_its_warning_and_its_approvals(laid: Laid) -> None:
    """Each field goes by a rule of its own; the one that decides about the whole row wants neither."""
    loud = rule(
        "loud",
        "created",
        "P1Y",
        covers={"systems": ["chat"], "data_categories": ["contact"]},
        approvals=2,
        warning={"days": 14, "attempts": 2},
    )
    talk = RULES[2] | {"covers": {"systems": ["chat"], "data_categories": ["payments"]}}
    data_sets = copy.deepcopy(DATA_SETS)
    data_sets[1]["collections"][0]["fields"][2]["data_categories"] = ["user.financial"]
    office = laid(rules=(*RULES[:2], loud, talk), data_sets=data_sets)
    run_id = office.previewed(systems=["chat"])
    assert office.run(run_id).approvals == 2
    for name in ("ewa", "jan"):
        office.step(runs.approve, run_id, preview=office.run(run_id).preview, actor=somebody(name))
    office.step(runs.start, run_id)
    office.work()
    assert office.did(run_id)["chat.talk"].stays == {"warning": 4}
    assert len(office.rows("chat", "talk")) == 8
