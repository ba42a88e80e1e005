"""What single reports tell: of the programme, one person's consents, a campaign, the log and a sample of it."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from privacy.audit import service as audit
from privacy.audit.models import AuditBody
from privacy.authz.actors import OPERATOR
from privacy.consent.service import Reason
from privacy.db import db, session
from privacy.errors import InvalidInput
from privacy.programme import service as programmes
from privacy.reports import service as reports
from privacy.reports.inspection_binder import draw
from privacy.reports.service import Period, ReportForm
from tests.callers import ANNA
from tests.reports.conftest import Laid
from tests.reports.office import YEAR, asked, made, printed, said, subject_of
from tests.rules.source import PACKAGE


def verified(folder: Path, name: str, content: str) -> dict[str, Any]:
    """What the verifier says of a file, on a machine that has nothing but it."""
    shutil.copy(PACKAGE / "audit" / "privacy_verify.py", folder)
    (folder / name).write_text(content)
    key = str(audit.log_keys()[0].verifier)
    command = [sys.executable, "-I", "privacy_verify.py", name, "--key", key, "--json"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env={})
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def test_the_record_has_every_field_of_article_30_for_every_activity(laid: Laid) -> None:
    told = said("processing_records")["tables"]
    programme = programmes.current()
    assert [one["code"] for one in told["controller_record"]] == list(programme.processing_activities)
    for one in told["controller_record"]:
        for column in ("controllers", "dpo", "purposes", "persons", "data", "transfers", "retention", "security"):
            assert one[column], (one["code"], column)
        assert "recipients" in one
    assert [one["code"] for one in told["processor_record"]] == list(programme.processing_on_behalf)
    for one in told["processor_record"]:
        assert all(one[column] for column in ("client", "processor", "categories", "transfers", "security"))


def test_the_record_is_the_programmes_own_and_its_workbook_is_read_back(laid: Laid) -> None:
    programme = programmes.current()
    record = programmes.processing_record(programme, "en")
    told = said("processing_records", locale="en")["tables"]["controller_record"]
    for row, one in zip(record.controller.rows, told, strict=True):
        for column, cell in zip(record.controller.columns, row, strict=True):
            value = one[column.value]
            assert value == (cell[0] if len(cell) == 1 else list(cell) or None) or (column.value, value) == (
                "transfers",
                "none",
            )
    content = made("processing_records", ReportForm.XLSX, locale="en").content
    assert content == programmes.activities_workbook(programme, "en")
    assert programmes.propose_activities(content, programmes.document(programme.number)).findings == ()


def test_a_transfer_to_a_third_country_is_told_with_its_safeguard(laid: Laid) -> None:
    told = said("processing_records", locale="en")["tables"]["controller_record"]
    sent = [one for one in told if one["transfers"] != "none"]
    assert sent
    assert all("United States" in one["transfers"] and "clauses" in one["safeguards"] for one in sent)


def test_processors_and_recipients_are_told_with_what_they_get(laid: Laid) -> None:
    told = said("processors")["tables"]
    programme = programmes.current()
    assert len(told["processors"]) == len(programme.processors)
    assert len(told["recipients"]) == len(programme.recipients)
    assert all(one["agreement"] and one["on_behalf"] for one in told["processors"])


def test_the_proof_of_one_person_has_acts_texts_and_evidence(laid: Laid) -> None:
    told = said("consent_proof", **laid.options("consent_proof"))
    acts = told["tables"]["acts"]
    kinds = [(one["kind"], one["channel"]) for one in acts]
    assert (sorted(kinds[:2]), kinds[2:]) == ([("give", "email"), ("give", "sms")], [("withdraw", "sms")])
    assert acts[0]["wording"] == "klauzula 3.0 pl"
    assert acts[0]["receipt"].endswith(f"{acts[0]['id']}/receipt")
    evidence = json.loads(told["attached"]["evidence.json"])
    assert {one["event_index"] if "event_index" in one else one["event"] for one in acts} <= {
        event["index"] for event in evidence["events"]
    }
    laid.publish()
    assert "Wyrażam wyłącznie te zgody" in printed("consent_proof", **laid.options("consent_proof"))


def test_why_one_persons_consents_are_looked_at_is_in_the_log_as_theirs(laid: Laid) -> None:
    made("consent_proof", options=laid.options("consent_proof"))
    event = session().scalars(sa.select(AuditBody).where(AuditBody.action == "report.made")).one()
    event_id, subject_id = event.event_id, event.subject_id
    assert subject_id == subject_of(ANNA)
    laid.publish()
    proof = audit.inclusion_proof(event_id)
    details = proof["event"]["body"]["details"]
    assert (details["reason"], details["reference"]) == ("authority", "UODO/12/2026")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"reason": ""}, "reason"),
        ({"reason": "curiosity"}, "reason"),
        ({"subject": "x"}, "subject"),
        ({"reference": "anna@example.com"}, "reference"),
    ],
)
def test_nobody_is_looked_at_without_a_reason(laid: Laid, wrong: dict[str, str], field: str) -> None:
    options = laid.options("consent_proof") | wrong
    with pytest.raises(InvalidInput) as raised:
        reports.make(asked("consent_proof", **options), actor=OPERATOR)
    assert list(raised.value.extensions["errors"]) == [field]
    assert "anna" not in str(raised.value.extensions)


def test_the_file_of_a_campaign_is_compared_with_what_was_signed(laid: Laid) -> None:
    told = said("campaign", **laid.options("campaign"))
    check = told["facts"]["check"]
    assert (check["count"], check["allowed_count"], check["matches"]) == (3, 1, True)
    reasons = {(one["reason"], one["people"]) for one in told["tables"]["reasons"]}
    assert reasons == {("given", 1), ("no_record", 2)}
    assert "example.com" not in json.dumps(told["tables"]) + json.dumps(told["facts"])


def test_another_list_or_another_answer_is_not_the_one_that_was_signed(laid: Laid) -> None:
    other = dict(laid.question) | {"subjects": [*laid.question["subjects"][:2], {"email": "inny@example.com"}]}
    forged = json.loads(json.dumps(laid.answer))
    forged["results"][1] = {"allowed": True, "reason": "given"}
    for options in (
        {"answer": json.dumps(laid.answer), "asked": json.dumps(other)},
        {"answer": json.dumps(forged), "asked": json.dumps(laid.question)},
    ):
        assert said("campaign", **options)["facts"]["check"]["matches"] is False
    alone = said("campaign", answer=json.dumps(laid.answer))
    assert alone["facts"]["check"]["matches"] is None
    # More are allowed than was signed: no question is needed to see that.
    assert said("campaign", answer=json.dumps(forged))["facts"]["check"]["matches"] is False
    unshown = {name: value for name, value in laid.answer.items() if name != "results"}
    assert said("campaign", answer=json.dumps(unshown))["facts"]["check"]["matches"] is None


def test_a_statement_that_we_did_not_sign_makes_no_file(laid: Laid) -> None:
    forged = json.loads(json.dumps(laid.answer))
    forged["receipt"]["statement"] = forged["receipt"]["statement"].replace('"allowed_count":1', '"allowed_count":3')
    for content in (json.dumps(forged), "{}", "no json", json.dumps({"results": []})):
        with pytest.raises(InvalidInput) as raised:
            said("campaign", answer=content)
        assert list(raised.value.extensions["errors"]) == ["answer"]


def test_every_reason_of_a_decision_has_words() -> None:
    assert {f"reason.{one.value}" for one in Reason} <= set(reports.REPORTS["campaign"].texts)


def test_the_statement_on_the_log_derives_its_root_and_verifies_elsewhere(laid: Laid, tmp_path: Path) -> None:
    told = said("log_integrity")
    log = told["facts"]["log"]
    assert log["derived"] is True
    assert log["period_events"] == log["size"]
    actions = {one["action"]: one["events"] for one in told["tables"]["actions"]}
    assert (actions["consent.given"], sum(actions.values())) == (2, log["size"])
    laid.publish()
    again = said("log_integrity", size=str(log["size"]))
    assert again["facts"]["log"] == log
    assert hashlib.sha256(told["attached"]["checkpoint.txt"].encode()).digest()


def test_a_log_that_somebody_altered_is_said_to_differ(laid: Laid) -> None:
    leaf = sa.text(
        "UPDATE audit_event SET commitment = :other WHERE id = (SELECT event_id FROM audit_leaf ORDER BY 1 LIMIT 1)"
    )
    for trigger in _without_triggers():
        session().execute(sa.text(trigger))
    session().execute(leaf, {"other": b"\1" * 32})
    session().commit()
    assert said("log_integrity")["facts"]["log"]["derived"] is False


def _without_triggers() -> Iterator[str]:
    if db.engine.dialect.name == "postgresql":
        yield "ALTER TABLE audit_event DISABLE TRIGGER USER"
        return
    names = sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_event'")
    yield from (f"DROP TRIGGER {name}" for name in session().scalars(names).all())


def test_the_sample_can_be_drawn_again_by_its_rule_and_each_proof_verifies(laid: Laid, tmp_path: Path) -> None:
    told = said("inspection_binder", seed="UODO 2026", sample="5")
    facts = told["facts"]["draw"]
    drawn = [one["index"] for one in told["tables"]["events"]]
    again: list[int] = []
    limit = 2**64 - 2**64 % facts["population"]
    for k in range(1_000):
        x = int.from_bytes(hashlib.sha256(f"UODO 2026:{k}".encode()).digest()[:8], "big")
        number = facts["lowest"] + x % facts["population"]
        if x < limit and number not in again and len(again) < 5:
            again.append(number)
    assert drawn == again
    for index in drawn:
        proof = told["attached"][f"proof-{index}.json"]
        assert "body" not in json.loads(proof)["event"]
        assert verified(tmp_path, f"proof-{index}.json", proof)["ok"]


@pytest.mark.parametrize(("population", "wanted"), [(0, 5), (1, 5), (3, 3), (1_000, 400)])
def test_no_event_is_drawn_twice_and_none_from_beyond(population: int, wanted: int) -> None:
    drawn = [number for _, number in draw("ziarno", 100, population, wanted)]
    assert len(drawn) == len(set(drawn)) == min(population, wanted)
    assert all(100 <= number < 100 + population for number in drawn)


def test_a_period_without_events_is_an_empty_sample(laid: Laid) -> None:
    old = Period(YEAR.first.replace(year=2020), YEAR.last.replace(year=2020))
    told = said("inspection_binder", period=old)
    assert told["tables"]["events"] == []
    assert told["facts"]["draw"]["population"] == 0
