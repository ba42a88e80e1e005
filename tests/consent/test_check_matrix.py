"""Each row of `check_matrix.yaml` through the public services on a real database, at the times that the row names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from privacy import clock
from privacy.consent import service as consent
from privacy.consent.service import DEVICE, Cited, Claim, Reason, Source
from privacy.db import unit_of_work
from privacy.programme.types import LegalBasis, ProofGrade, PurposeClass, Setting
from privacy.subjects import service as subjects
from privacy.subjects.service import AgeClass, Standing
from tests.consent.desk import Desk, clock_at, micros

ROWS: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "check_matrix.yaml").read_text("utf-8"))
_WHO, _WHEN, _NOW = "C1 anna@", "2026-01-10", "2026-11-21T12:00"
_FIELDS = {
    "legal_basis": LegalBasis,
    "purpose_class": PurposeClass,
    "channels": frozenset,
    "explicit": bool,
    "least_proof": ProofGrade,
    "double_opt_in": bool,
    "ask_again_after": str,
}


def time_of(text: str) -> int:
    """A time of the matrix: UTC; a date is its noon."""
    return micros((text if "T" in text else f"{text}T12:00") + "+00:00")


def people_of(row: int, text: str) -> dict[str, str]:
    """`C1 K1 D1 anna@ tel1 addr1`: customer, card, device, e-mail, phone, postal address; each row has its own."""
    named: dict[str, str] = {}
    for word in text.split():
        if word.endswith("@"):
            named["email"] = f"{word[:-1]}.{row}@example.com"
        elif word.startswith("tel"):
            named["phone"] = f"+48{600_000_000 + row * 10 + int(word[3:])}"
        elif word.startswith("addr"):
            named["postal_address"] = f"ul. Lipowa {word[4:]}/{row}, 61-001 Poznań"
        else:
            kind = {"C": "customer_id", "K": "loyalty_card", "D": "device_id"}[word[0]]
            named[kind] = f"{word}-{row}"
    return named


def happen(desk: Desk, row: int, fact: Mapping[str, Any]) -> None:
    """Let one fact of the matrix happen, at its time."""
    given = dict(fact)
    with clock_at(time_of(given.pop("when", _WHEN))):
        who = people_of(row, given.pop("who", _WHO))
        if "act" in given:
            desk.record(who, given.pop("act"), **_act_fields(desk, row, given))
        elif "event" in given:
            fields = {"claim": Claim(time_of(given["claimed"]))} if "claimed" in given else {}
            desk.event(who, given["event"], **fields)
        elif "lift_suppression" in given:
            with unit_of_work():
                consent.lift(desk.contact(who), actor=desk.actor, reason=given["lift_suppression"])
        elif "merge" in given:
            desk.merge(who, people_of(row, given["merge"]))
        elif "unmerge" in given:
            desk.unmerge(who, people_of(row, given["unmerge"]))
        elif "retire_identifier" in given:
            with unit_of_work():
                subjects.retire_identifier(
                    desk.subject(who), actor=desk.actor, programme=desk.programme, reason=given["retire_identifier"]
                )
        elif "retire_contact" in given:
            _retire_contact(desk, who, people_of(row, given["retire_contact"]))
        elif "annul" in given:
            _annul(desk, who, given["annul"])
        else:
            _put(desk, who, given)


def _retire_contact(desk: Desk, who: Mapping[str, str], retired: Mapping[str, str]) -> None:
    contact = desk.contact(retired)
    with unit_of_work():
        subjects.retire_contact(desk.subject(who), contact.kind, contact.index, actor=desk.actor, at=clock.micros())


def _annul(desk: Desk, who: Mapping[str, str], kind: str) -> None:
    for found in consent.history(desk.subject(who), actor=desk.actor):
        if found.act == kind:
            desk.annul(act_id=found.id)


def _put(desk: Desk, who: Mapping[str, str], given: Mapping[str, Any]) -> None:
    standing = {Standing[given["standing"].upper()]: True} if "standing" in given else {}
    if "ended" in given:
        standing = {Standing[given["ended"].upper()]: False}
    age = AgeClass(given["age"]) if "age" in given else None
    held_from = time_of(given["held_from"]) if "held_from" in given else None
    desk.set(who, standing, age_class=age, held_from=held_from)


def _act_fields(desk: Desk, row: int, given: dict[str, Any]) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for name in ("purpose", "channels", "explicit", "text_sha256", "mandate"):
        if name in given:
            fields[name] = given[name]
    if "wording" in given:
        text = given["wording"]
        fields["wording"] = None if text is None else Cited(*text.split())
    if "claimed" in given:
        fields["claim"] = Claim(time_of(given["claimed"]), given.get("width", 1))
    if given.get("undated"):
        fields["dated"] = False
    if "age" in given:
        fields["age_class"] = AgeClass(given["age"])
    if "by" in given:
        fields["by"] = desk.name(people_of(row, given["by"]))
    fields["source"] = Source(
        "shop",
        "checkout",
        given.get("method", "web_form"),
        proof=ProofGrade(given["proof"]) if "proof" in given else None,
        setting=Setting(given["setting"]) if "setting" in given else None,
        **({"timing": DEVICE} if given.get("clock") == "device" else {}),
    )
    return fields


def _programme(desk: Desk, changes: Mapping[str, Any]) -> Desk:
    made = {}
    for name, value in changes.items():
        made[name] = value if name == "country" else {k: _FIELDS[k](v) for k, v in value.items()}
    return desk.where(**made)


@pytest.mark.parametrize(("number", "row"), list(enumerate(ROWS)), ids=[row["rule"] for row in ROWS])
def test_check(shared_desk: Desk, number: int, row: Mapping[str, Any]) -> None:
    desk = _programme(shared_desk, row.get("programme", {}))
    for fact in row.get("facts", []):
        happen(desk, number, fact)
    with clock_at(time_of(str(row.get("now", _NOW)))):
        at = time_of(row["at"]) if "at" in row else None
        who = people_of(number, row.get("who", _WHO))
        out = desk.check(who, row.get("purpose", "offers"), row.get("channel", "email"), at=at)
    decision = out.decision
    assert decision.reason.value == row["answer"]
    assert decision.allowed == (row["answer"] in {"given", "other_legal_basis"})
    if "may_ask" in row:
        assert decision.may_ask is row["may_ask"]
    if "valid_until" in row:
        until = decision.valid_until
        assert (None if until is None else clock.isoformat(until)) == row["valid_until"]
    if "contacts" in row:
        assert sorted(answer.reason.value for _, answer in decision.contacts) == sorted(row["contacts"])


def test_after_all_that_every_cached_fact_is_what_the_fold_says(shared_desk: Desk) -> None:
    assert shared_desk.findings() == []


def test_the_matrix_knows_every_reason_and_every_standing_of_every_class() -> None:
    told = Counter(row["answer"] for row in ROWS)
    assert {reason.value: told[reason.value] for reason in Reason if told[reason.value] < 2} == {}
    assert len(ROWS) >= 100
    assert len({row["rule"] for row in ROWS}) == len(ROWS)
