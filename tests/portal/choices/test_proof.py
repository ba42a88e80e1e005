"""My proof: every act with its texts as they were shown, receipts, and who asked about me; nobody else's."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from pathlib import Path

import pytest
import sqlalchemy as sa

from privacy.app import ASKED
from privacy.consent.models import ConsentAct
from privacy.db import db, session
from tests.callers import Caller, Service, a_give
from tests.selfservice.visitors import Visitor

pytestmark = pytest.mark.usefixtures("frozen")
ADAM = {"customer_id": "C-2002", "email": "adam.kos@example.com"}
NOBODY = "01890000-0000-7000-8000-000000000000"


def _acts(page: str) -> list[str]:
    """The acts that a page leads to."""
    return re.findall(r'href="/portal/proof/acts/([0-9a-f-]{36})"', page)


def test_every_act_is_listed_with_what_where_and_how(anna: Visitor) -> None:
    page = anna.get("/proof").text
    assert len(_acts(page)) == 2
    assert "You agreed" in page
    assert "a form on a web page" in page
    assert "20 November 2026" in page


def test_an_act_shows_the_text_as_it_was_shown_then(anna: Visitor) -> None:
    act = anna.get(f"/proof/acts/{_acts(anna.get('/proof').text)[0]}").text
    assert '<div class="shown-text" lang="pl">Wyrażam wyłącznie te zgody, przy których zaznaczam pole.' in act
    assert "klauzula, version 3.0" in act
    assert act.count('class="shown-text"') == 2  # The notice stands beside it.


def test_what_somebody_said_here_is_proof_at_once(anna: Visitor) -> None:
    anna.post("/choices/stop", page="/")
    page = anna.get("/proof").text
    assert "All advertising" in page
    assert "these pages" in page
    assert anna.get(f"/proof/acts/{_acts(page)[0]}").status_code == 200


def test_receipts_are_files_to_keep(service: Service, anna: Visitor, tmp_path: Path) -> None:
    service.publish(tmp_path)
    act = _acts(anna.get("/proof").text)[0]
    pdf = anna.get(f"/proof/acts/{act}/receipt.pdf")
    assert pdf.data.startswith(b"%PDF-")
    assert pdf.headers["Content-Disposition"].startswith('attachment; filename="receipt-offers-2026-11-20.pdf"')
    receipt = anna.get(f"/proof/acts/{act}/receipt.json")
    assert receipt.mimetype == "application/json"
    assert json.loads(receipt.data)


@pytest.mark.parametrize("ending", ["", "/receipt.pdf", "/receipt.json"])
def test_somebody_elses_act_and_one_that_never_was_look_the_same(
    service: Service, anna: Visitor, crm: Caller, ending: str
) -> None:
    mine = _acts(anna.get("/proof").text)
    crm.record(a_give(ADAM))
    with service.app.app_context():
        foreign = _act_beside(mine)
    answers = [anna.get(f"/proof/acts/{act}{ending}") for act in (foreign, NOBODY)]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].text == answers[1].text


@pytest.mark.parametrize("ending", ["exe", "html", "pdf.json"])
def test_there_are_no_other_forms_of_a_receipt(anna: Visitor, ending: str) -> None:
    act = _acts(anna.get("/proof").text)[0]
    assert anna.get(f"/proof/acts/{act}/receipt.{ending}").status_code == 404


def test_who_asked_is_told_by_day_with_the_answer(service: Service, anna: Visitor, crm: Caller) -> None:
    assert "Nobody has asked" in anna.get("/asked").text
    crm.check()
    crm.check()
    crm.check(purpose="newsletter")
    crm.check(ADAM)
    service.app.extensions[ASKED].flush()
    page = anna.get("/asked").text
    rows = page.split("<tbody>")[1].split("</tbody>")[0].split("</tr>")[:-1]
    assert len(rows) == 2
    [offers] = [row for row in rows if "Offers and promotions" in row]
    assert "21 November 2026" in offers
    assert "Allowed" in offers
    assert ">2<" in offers
    [newsletter] = [row for row in rows if "Newsletter" in row]
    assert "Not allowed" in newsletter


def test_help_is_there_before_one_comes_in(anna: Visitor, service: Service) -> None:
    outside = service.app.test_client().get("/portal/help?lang=en")
    assert outside.status_code == 200
    assert "supervisory authority" in outside.text
    assert anna.get("/help").status_code == 200


def _act_beside(mine: Collection[str]) -> str:
    """An act that is none of these."""
    found = next(one for one in session().scalars(sa.select(ConsentAct.id)) if str(one) not in mine)
    db.session.remove()
    return str(found)
