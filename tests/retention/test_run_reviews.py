"""Rows that a rule wants reviewed: a person decides, in a run, whether they go or stay."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import time_machine

from privacy import clock
from privacy.db import db
from privacy.errors import InvalidInput
from privacy.legal_time import days
from privacy.retention.forecasts.forecast import Horizon, forecast
from privacy.retention.runs import runs
from privacy.retention.runs.failures import NothingToReview
from privacy.retention.runs.reviews import Review, ReviewChoice
from privacy.retention.runs.vocabulary import RunState
from tests.retention.offices import RULES, Office, a_person, rule, somebody
from tests.retention.programmes import ZONE
from tests.retention.test_forecast import place

pytestmark = pytest.mark.usefixtures("in_force")

Laid = Callable[..., Office]
OWN = rule("silent", "last_activity", "P1D", covers={"systems": ["privacy"]})


def under_review(laid: Laid) -> Office:
    return laid(rules=(*RULES[:2], RULES[2] | {"action": "review", "approvals": 1}))


def test_rows_to_be_reviewed_go_once_a_person_decided_so_and_others_agreed(laid: Laid) -> None:
    office, ewa = under_review(laid), somebody("ewa")
    run_id = office.previewed(systems=["chat"])
    [part] = office.parts(run_id).values()
    assert (office.counted(run_id)["chat.talk"].stays, office.run(run_id).approvals) == ({"review": 4}, 0)
    office.step(runs.review, run_id, part.id, Review(ReviewChoice.ERASE, "nobody needs them"), actor=ewa)
    office.work()
    assert (office.run(run_id).state, office.run(run_id).approvals) == (RunState.PREVIEWED, 1)
    counted = office.counted(run_id)["chat.talk"]
    assert (counted.deleted, counted.actions, counted.stays) == ({"chat.talk": 4}, {"erase": 4}, {})
    office.step(runs.approve, run_id, preview=office.run(run_id).preview, actor=ewa)
    office.step(runs.start, run_id)
    with pytest.raises(NothingToReview):
        office.step(runs.review, run_id, part.id, Review(ReviewChoice.ERASE, "again"))
    office.work()
    assert office.run(run_id).state == RunState.DONE
    assert office.did(run_id) == office.counted(run_id)
    assert [row[0] for row in office.rows("chat", "talk")] == [2, 4, 6, 8]
    assert '"review":"erase"' in (office.run(run_id).account or "")


def test_rows_that_a_person_keeps_come_up_again_after_that_day_and_new_ones_at_once(
    laid: Laid, frozen: time_machine.Traveller
) -> None:
    office = under_review(laid)
    run_id = office.previewed(systems=["chat"])
    [part] = office.parts(run_id).values()
    today = office.run(run_id).as_of
    for wrong in (None, days.named(today - 1)):
        with pytest.raises(InvalidInput):
            office.step(runs.review, run_id, part.id, Review(ReviewChoice.KEEP, "a claim", wrong))
    office.step(runs.review, run_id, part.id, Review(ReviewChoice.KEEP, "a claim", days.named(today + 900)))
    office.work()
    office.step(runs.start, run_id)
    office.work()
    assert office.did(run_id)["chat.talk"].stays == {"kept": 4}
    assert len(office.rows("chat", "talk")) == 8
    with office.app.app_context():
        assert place(forecast(), "chat", "chat.talk").stays == {"kept": {Horizon.PAST: 4}}
        db.session.remove()
    for later, stays in ((800, {"kept": 4, "review": 4}), (901, {"review": 8})):
        frozen.move_to(clock.from_micros(days.end_of(days.named(today + later - 1), ZONE)))
        assert office.counted(office.previewed(systems=["chat"]))["chat.talk"].stays == stays


def test_a_decision_about_rows_is_void_once_somebody_has_them_counted_anew(laid: Laid) -> None:
    office = under_review(laid)
    run_id = office.previewed(systems=["chat"])
    [part] = office.parts(run_id).values()
    office.step(runs.review, run_id, part.id, Review(ReviewChoice.ERASE, "nobody needs them"))
    office.work()
    office.step(runs.preview, run_id)
    office.work()
    assert office.counted(run_id)["chat.talk"].stays == {"review": 4}


def test_a_person_decides_about_our_own_people_where_the_rule_wants_it(laid: Laid) -> None:
    office = laid(rules=(OWN | {"action": "review"}, rule("early", "created", "P1D", covers=OWN["covers"])), rows={})
    a_person(office, "C-1")
    run_id = office.previewed(systems=["privacy"])
    assert (office.counted(run_id)["silent"].stays, office.counted(run_id)["early"].total) == ({"review": 1}, 0)
    office.step(runs.review, run_id, office.parts(run_id)["silent"].id, Review(ReviewChoice.ERASE, "long gone"))
    office.work()
    office.step(runs.start, run_id)
    office.work()
    assert office.did(run_id)["silent"].deleted == {"privacy.data_subject": 1}
    assert (office.run(run_id).state, office.did(run_id)["early"].total) == (RunState.DONE, 0)
