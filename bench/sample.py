"""Prove on a sample that the rows made in bulk are what the service would have made."""

from __future__ import annotations

from itertools import islice

import sqlalchemy as sa

from bench.people import CHANNEL, PURPOSE, WORDING, subject
from bench.places import Place
from privacy.authz.actors import OPERATOR
from privacy.cli.opening import opened
from privacy.consent import service as consent
from privacy.consent.models import ConsentAct
from privacy.db import Driver, session, unit_of_work
from privacy.programme import service as programmes
from privacy.subjects import service as subjects

_PORTIONS = 2
_CHECKED = 20


class SampleWrong(Exception):
    """Rows made in bulk differ from the service's own."""


def verify(place: Place, people: int) -> None:
    """Facts follow from the acts, answers are `given`, and contacts open; raises `SampleWrong`."""
    with opened(place.config):
        for _, findings in islice(consent.verify(), _PORTIONS):
            if findings:
                raise SampleWrong(str(findings[0]))
        for number in range(min(people, _CHECKED)):
            _check(number)
        _compare_with_recorded(people)


def _check(number: int) -> None:
    programme, driver = programmes.current(), Driver.of(session())
    naming = subjects.name_of(programme, OPERATOR, subject(number))
    asked = consent.CheckIn(naming, programme.purpose(PURPOSE), CHANNEL)
    decision = consent.check(asked, actor=OPERATOR, programme=programme, driver=driver).decision
    if decision.reason is not consent.Reason.GIVEN or decision.give is None:
        raise SampleWrong(f"person {number}: {decision.reason}")
    act = session().get(ConsentAct, decision.give.act_id)
    if act is None or act.contact_id is None:
        raise SampleWrong(f"person {number}: no act behind the answer")
    masked = subjects.masked_value(driver, act.contact_id)
    if masked["email"][0] != "p":
        raise SampleWrong(f"person {number}: the contact does not open")


def _compare_with_recorded(people: int) -> None:
    """An act that the service records now has the same columns filled as those made in bulk."""
    made = session().scalars(sa.select(ConsentAct).limit(1)).one()
    with unit_of_work():
        programme = programmes.current()
        given = consent.ActIn(
            naming=subjects.name_of(programme, OPERATOR, subject(people + 1)),
            act=consent.ActKind.GIVE,
            source=consent.Source("shop", "checkout", "web_form"),
            purpose=PURPOSE,
            channels=(CHANNEL,),
            wording=consent.Cited(*WORDING, "pl"),
        )
        recorded = consent.record(given, actor=OPERATOR, programme=programme)
    own = session().get_one(ConsentAct, recorded.records[0].id)
    for column in sa.inspect(ConsentAct).columns:
        same = {"act", "purpose", "channel", "wording_code", "wording_version", "source_method", "proof", "setting"}
        one, other = getattr(made, column.key), getattr(own, column.key)
        if ((one is None) != (other is None) and column.key != "text_sha256") or (column.key in same and one != other):
            raise SampleWrong(f"column {column.key} differs")
