"""Letters in the language of whoever reads them, and with grounds of the law that speaks of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from privacy.authz.actors import OPERATOR, SERVICE
from privacy.db import session, unit_of_work
from privacy.dsar import cases, deciding
from privacy.dsar.cases import Opening
from privacy.dsar.correspondence import letters
from privacy.dsar.correspondence.kinds import LetterKind
from privacy.dsar.execution import decisions
from privacy.dsar.matter import Matter, Refused
from privacy.dsar.models import DataSubjectRequest
from privacy.dsar.vocabulary import CaseType, Event, Ground, Intake, ProofLevel, Role, TaskKind, TaskState
from privacy.errors import InvalidInput
from tests.dsar.shops import Shops, a_person, connected, granted
from tests.dsar.test_recipients import _ACTIVITY, _RECIPIENTS

_KNOWN = {"by_mail": {"email": "iod@reklama.example", "locale": "hr"}, "by_hand": {}, "by_post": {"address": "Polna 1"}}


def _recipient(code: str, **told: str) -> dict[str, Any]:
    names = dict.fromkeys(("pl", "en", "hr"), f"Reklama {code}")
    return {"code": code, "kind": "named", "names": names, "country": "PL", **told}


@pytest.fixture
def shops(context: Flask, tmp_path: Path) -> Shops:
    others = [one for one in _RECIPIENTS if one["code"] not in {*_KNOWN, "on_paper", "unnamed"}]
    recipients = [*others, *(_recipient(code, **told) for code, told in _KNOWN.items())]
    activity = {**_ACTIVITY, "recipients": list(_KNOWN)}
    return connected(context, tmp_path, recipients=recipients, processing_activities=[activity], serving=["offers"])


def test_a_recipient_is_written_to_in_its_own_language_and_not_in_the_persons(shops: Shops) -> None:
    request_id = granted(shops, CaseType.ERASURE, a_person(shops))
    with shops.app.app_context(), unit_of_work():
        session().execute(sa.update(DataSubjectRequest).values(locale="en"))
    shops.run()
    [by_hand] = [task for task in shops.tasks(request_id) if task.state == TaskState.FOR_A_PERSON]
    assert (by_hand.kind, by_hand.system) == (TaskKind.TELL, "by_hand")
    with shops.app.app_context():
        with unit_of_work():
            decisions.tell_recipient(by_hand.id, "x@example.net", what="usunąć", whom="C-1", actor=OPERATOR)
        views = [one for one in letters.letters_of(request_id) if one.kind is LetterKind.RECIPIENT]
        told = {one.locale: letters.letter(request_id, one.id).body for one in views}
        assert sorted(one.locale for one in views) == ["hr", "pl", "pl"]
    assert "obrisati podatke" in told["hr"]
    assert "adresa e-pošte: anna@example.com" in told["hr"]
    assert "otkrili smo Vam" in told["hr"]


def _asked(case_type: CaseType, locale: str = "pl") -> DataSubjectRequest:
    matter = Matter((), address=("pl. Policyjny 1",), authority="Komenda", reference="P-1/26", legal_basis="x")
    opening = Opening(case_type, Intake.STAFF, matter, locale, "sklepy", 1)
    row = cases.open_case(opening, actor=OPERATOR)
    row.proof_level = ProofLevel.DECIDED.value
    cases.advance(row, Event.IDENTIFY, Role.STAFF, actor=OPERATOR)
    return row


@pytest.mark.parametrize("case_type", [CaseType.AUTHORITY_LETTER, CaseType.DISCLOSURE])
@pytest.mark.parametrize(("locale", "theirs"), [("pl", "Państwa znak"), ("en", "Your reference"), ("hr", "Vaš znak")])
def test_whoever_asks_for_somebody_elses_data_is_not_refused_by_article_12(
    shops: Shops, case_type: CaseType, locale: str, theirs: str
) -> None:
    with shops.app.app_context(), unit_of_work():
        row = _asked(case_type, locale)
        for ground in (Ground.MANIFESTLY_UNFOUNDED, Ground.EXCESSIVE, Ground.LEGAL_CLAIMS, Ground.RIGHTS_OF_OTHERS):
            with pytest.raises(InvalidInput):
                deciding.refuse(row.id, (Refused(ground, None, "x"),), actor=SERVICE)
        deciding.refuse(row.id, (Refused(Ground.SECRECY, None, "Prawo bankowe art. 104."),), actor=SERVICE)
        written = letters.letter(row.id, letters.write(row, LetterKind.REFUSAL))
        assert f"{theirs}: P-1/26" in written.body
        assert "Prawo bankowe art. 104." in written.body
        assert not any(one in written.body for one in ("art. 12", "Art. 12", "čl. 12", "art. 77", "čl. 77", "Art. 77"))


def test_a_person_is_not_refused_on_the_grounds_of_authorities(shops: Shops) -> None:
    with shops.app.app_context(), unit_of_work():
        row = _asked(CaseType.COMPLAINT)
        for ground in (Ground.NOT_COMPETENT, Ground.NO_BASIS_TO_DISCLOSE):
            with pytest.raises(InvalidInput):
                deciding.refuse(row.id, (Refused(ground, None, "x"),), actor=SERVICE)
