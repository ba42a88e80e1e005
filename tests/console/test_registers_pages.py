"""The workbench of the registers: a training and an assessment from their beginning to their end, and the officer."""

from __future__ import annotations

import io
import re
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from privacy.authz.actors import Realm
from privacy.db import db
from privacy.registers import service as registers
from privacy.registers.service import EntryOutcome, EntryState, EntryView
from tests.callers import Service
from tests.console.office import Browser
from tests.console.scenes import registers as scene
from tests.console.test_retention_pages import hidden, inside, rows_of, step

pytestmark = [
    pytest.mark.usefixtures("frozen"),
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
]
EVIL = "<script>alert(1)</script> \u202eegnaro"


def entry_at(app: Flask, here: str) -> EntryView:
    with app.app_context():
        found = registers.view(UUID(here.rpartition("/")[2]), realm=Realm.LIVE)
        db.session.remove()
    return found


def upload(browser: Browser, here: str, content: bytes, name: str) -> TestResponse:
    """Send a file with the form of an entry."""
    page = browser.look(here).text
    token = re.search(r'name="csrf" value="([0-9a-f]+)"', page)
    assert token is not None
    fields = hidden(page, f"{here}/files") | {"csrf": token[1], "file": FileStorage(io.BytesIO(content), name)}
    boundary, body = encode_multipart(fields)
    kind = f"multipart/form-data; boundary={boundary}"
    return browser.web.post(f"/console{here}/files", data=body, content_type=kind, headers={"Accept-Language": "en"})


def begun(browser: Browser, kind: str, **filled: Any) -> str:
    """Begin an entry through its form; returns its address."""
    answer = browser.send("/registers/new", at=f"/registers/new?kind={kind}", kind=kind, **filled)
    assert answer.status_code == 303, answer.text
    return str(answer.location.split("?")[0].removeprefix("/console"))


def test_a_training_goes_from_its_beginning_to_its_new_version(service: Service) -> None:
    ewa, olga = inside(service.app, "ewa", "privacy_office"), inside(service.app, "olga", "dpo")
    assert "Balancing test (LIA)" in ewa.look("/registers/new").text
    wrong = ewa.send("/registers/new", at="/registers/new?kind=training", kind="training", title="")
    assert (wrong.status_code, "New entry: Training" in wrong.text) == (422, True)
    assert ewa.send("/registers/new", at="/registers/new?kind=training", kind="party", title="x").status_code == 422
    here = begun(ewa, "training", title=f"=cmd() {EVIL}", participants="Anna Kowalska\nJan Nowak", purposes=["offers"])
    assert "1 question must be answered before the decision" in ewa.look(here).text
    assert "<script>alert" not in ewa.look(here).text
    refused = ewa.send(
        f"{here}/decision", at=here, outcome="held", reason="done", **hidden(ewa.look(here).text, f"{here}/decision")
    )
    assert refused.status_code == 422
    assert "Answer it first." in refused.text

    sent = hidden(ewa.look(f"{here}/text").text, f"{here}/text")
    saved = {"title": "Tills", "answer_programme": "consents", "held_on": "2026-11-20", "participants": "Anna Kowalska"}
    assert ewa.send(f"{here}/text", **(sent | saved)).status_code == 303
    assert ewa.send(f"{here}/text", **(sent | saved)).status_code == 409
    assert upload(ewa, here, b"%PDF-1.7 " + b"x" * 1_500_000, "../Zgodyż.exe").status_code == 303
    bad = upload(ewa, here, b"MZ\x90\x00", "x.pdf")
    assert (bad.status_code, "of no kind that is kept here" in bad.text) == (422, True)
    assert upload(ewa, here, b"%PDF-" + b"x" * 20_200_000, "huge.pdf").status_code == 413
    [file] = entry_at(service.app, here).files
    got = olga.look(f"{here}/files/{file.id}")
    assert (file.name, got.data[:5], len(got.data)) == ("Zgodyż.pdf", b"%PDF-", 1_500_009)
    assert got.headers["Content-Disposition"].startswith("attachment")
    step(ewa, here, "decision", outcome="held", reason="it took place")
    assert entry_at(service.app, here).state is EntryState.DECIDED
    assert f"{here}/files" not in ewa.look(here).text.replace(f"{here}/files/", "")
    assert ewa.look(f"{here}/text").status_code == 409

    sent = hidden(ewa.look(here).text, f"{here}/review")
    assert ewa.send(f"{here}/review", at=here, review_on="2020-01-01", why_stands="x", **sent).status_code == 422
    step(ewa, here, "review", review_on="2027-11-20", why_stands="the tills are the same")
    again = step(ewa, here, "renewal").split("?")[0].removeprefix("/console")
    assert entry_at(service.app, again).supersedes_id == entry_at(service.app, here).id
    step(ewa, again, "give-up", why_given_up="no time this year")
    assert entry_at(service.app, again).state is EntryState.CANCELLED
    told = rows_of(olga, "/registers?kind=training&sort=state")
    assert [(row[2], row[3], row[6]) for row in told] == [
        ("Tills", "Entry given up", ""),
        ("Tills", "Decided and closed", "2026-11-20"),
    ]
    assert rows_of(olga, "/registers?review=due") == []
    assert [row[:2] for row in rows_of(olga, "/registers/authorisations?sort=holder")] == [
        ["ewa", "Privacy office"],
        ["olga", "Data protection officer"],
    ]


def test_an_assessment_hears_the_officer_asks_the_authority_and_is_decided_by_the_controller(service: Service) -> None:
    ewa, jan, olga = (
        inside(service.app, name, role)
        for name, role in (("ewa", "privacy_office"), ("jan", "controller"), ("olga", "dpo"))
    )
    texts = {f"answer_{name}": name for name in ("description", "necessity", "risks", "measures")}
    here = begun(ewa, "dpia", title="=Profiles", answer_residual_risk="high", owner="jan", **texts)
    assert rows_of(olga, "/registers?kind=dpia")[0][2] == "'=Profiles"
    assert "The officer must be heard" in ewa.look(here).text
    assert f'action="/console{here}/decision"' not in ewa.look(here).text
    assert f'action="/console{here}/advice"' not in ewa.look(here).text
    assert ewa.send(f"{here}/advice", at="/account", version="1", advice="fine").status_code == 403
    assert ewa.send(f"{here}/decision", at="/account", version="1", outcome="acceptable", reason="x").status_code == 403
    assert (
        jan.send(f"{here}/decision", at=here, version="1", outcome="consult_authority", reason="x").status_code == 409
    )
    step(olga, here, "advice", advice="Ask the authority.")
    wrong = jan.send(f"{here}/decision", at=here, version="2", outcome="acceptable", reason="x")
    assert (wrong.status_code, "The risk that is left is high" in wrong.text) == (422, True)
    step(jan, here, "decision", outcome="consult_authority", reason="the risk is high")
    step(ewa, here, "consultation", on="2026-11-20", answer="Do it with fewer data.")
    step(jan, here, "decision", outcome="not_carried_out", reason="it is not worth it")
    ended = entry_at(service.app, here)
    assert (ended.state, ended.outcome, ended.decided_by) == (EntryState.DECIDED, EntryOutcome.NOT_CARRIED_OUT, "jan")
    page = olga.look(here).text
    assert "Do it with fewer data." in page
    assert "The processing is not carried out" in page


def test_absent_and_foreign_things_answer_alike_and_an_agent_sees_nothing(service: Service) -> None:
    made, ewa = scene.made(service.app), inside(service.app, "ewa")
    here = f"/registers/{made['entry_id']}"
    step(ewa, here, f"files/{made['file_id']}/remove")
    assert ewa.look(f"{here}/files/{made['file_id']}").status_code == 404
    for path in ("", "/text", f"/files/{UUID(int=7)}"):
        assert ewa.look(f"/registers/{UUID(int=7)}{path}").status_code == 404
    adam = inside(service.app, "adam", "agent")
    for path in ("/registers", "/registers/authorisations", here, f"{here}/text"):
        assert adam.look(path).status_code == 403
