"""Signed decisions go into a bundle if this service signed them about this person; nothing else does."""

from __future__ import annotations

import base64
import hmac
from typing import Any

import pytest

from privacy.audit import merkle
from privacy.audit import service as audit
from privacy.audit.note import KeyType, SigningKey
from privacy.audit.statements import signed_with
from privacy.crypto import canonical
from privacy.db import Driver, session
from tests.callers import ANNA, a_give
from tests.evidence.conftest import BUNDLES, Desk, files_of, lines_of

SALT = bytes(range(32))
EMAIL = {"email": ANNA["email"]}
ASKED = {"as_of": "2026-11-21T10:00:00.000Z", "asked_by": {"id": "7", "name": "shop"}, "purpose": "offers"}


def b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def commitment(salt: bytes, subject: dict[str, str]) -> str:
    return b64(hmac.digest(salt, canonical.encode(subject), "sha256"))


def said(subject: dict[str, str]) -> dict[str, Any]:
    answer = {"channel": "email", "subject_ref": None, "allowed": True, "reason": "given"}
    return {"type": "decision/v1", **ASKED, "about": commitment(SALT, subject), **answer}


def sign(desk: Desk, payload: dict[str, Any]) -> str:
    with desk.app.app_context():
        note = audit.Signer().sign(payload, Driver.of(session()))
        session().rollback()
        return note


def a_decision(desk: Desk, subject: dict[str, str]) -> dict[str, Any]:
    return {"statement": sign(desk, said(subject)), "salt": b64(SALT), "subject": subject}


def a_row(desk: Desk) -> dict[str, Any]:
    rows = [{"about": commitment(SALT, EMAIL), "allowed": True, "i": i, "reason": "given"} for i in range(3)]
    leaves = [merkle.leaf_hash(canonical.encode(row)) for row in rows]
    root = merkle.node_hash(merkle.node_hash(leaves[0], leaves[1]), leaves[2])
    batch = {"count": 3, "allowed_count": 3, "expires_at": "2026-11-22T10:00:00.000Z", "root": b64(root)}
    note = sign(desk, {"type": "decision-batch/v1", **ASKED, "channel": "email", **batch})
    head = {"format": "privacy-evidence/v1", "kind": "decision-row", "statement": note}
    return {**head, "row": rows[2], "row_salt": b64(SALT), "proof": [b64(merkle.node_hash(leaves[0], leaves[1]))]}


def test_what_is_presented_verifies_with_the_bundle(desk: Desk) -> None:
    desk.caller.record(a_give())
    presented = [a_decision(desk, EMAIL), a_decision(desk, {"customer_id": "C-1001"}), a_row(desk)]
    archive = desk.bundle({"customer_id": "C-1001"}, decisions=presented)
    outcome = desk.verify("bundle.zip", archive)
    assert outcome["ok"], outcome
    assert "Decision 1 is signed, and about the subject in it" in outcome["steps"]
    assert "Decision 3 is signed" in outcome["steps"]
    assert lines_of(files_of(archive)["decisions.jsonl"]) == presented


def forged(desk: Desk) -> dict[str, Any]:
    with desk.app.app_context():
        other = SigningKey(audit.origin(), KeyType.ED25519, bytes(32))
    return {"statement": signed_with(other, said(EMAIL)), "salt": b64(SALT), "subject": EMAIL}


#: What may not come in: (name, how it is made).
REFUSED = {
    "about somebody else": lambda desk: a_decision(desk, {"email": "piotr.zielinski@example.com"}),
    "signed by another key": forged,
    "with another subject": lambda desk: a_decision(desk, EMAIL) | {"subject": {"customer_id": "C-1001"}},
    "with another salt": lambda desk: a_decision(desk, EMAIL) | {"salt": b64(bytes(32))},
    "with a salt that is none": lambda desk: a_decision(desk, EMAIL) | {"salt": "?"},
    "with more than it has": lambda desk: a_decision(desk, EMAIL) | {"note": "x"},
    "without a statement": lambda desk: {k: v for k, v in a_decision(desk, EMAIL).items() if k != "statement"},
    "a statement of another type": lambda desk: a_decision(desk, EMAIL) | {"statement": sign(desk, {"type": "x/v1"})},
    "no note": lambda desk: a_decision(desk, EMAIL) | {"statement": "x"},
    "a row that was changed": lambda desk: a_row(desk) | {"row": a_row(desk)["row"] | {"allowed": False}},
    "a row at another place": lambda desk: a_row(desk) | {"row": a_row(desk)["row"] | {"i": 1}},
    "a row without numbers": lambda desk: a_row(desk) | {"row": a_row(desk)["row"] | {"i": "2"}},
    "a proof with more": lambda desk: a_row(desk) | {"proof": [*a_row(desk)["proof"], b64(bytes(32))]},
    "a proof that is none": lambda desk: a_row(desk) | {"proof": ["x"]},
}


@pytest.mark.parametrize("name", REFUSED)
def test_anything_else_is_refused_by_its_number_and_not_repeated(desk: Desk, name: str) -> None:
    desk.caller.record(a_give())
    desk.publish()
    wrong = REFUSED[name](desk)
    asked = {"subject": {"customer_id": "C-1001"}, "decisions": [a_decision(desk, EMAIL), wrong]}
    answer = desk.caller.post(BUNDLES, asked)
    assert answer.status_code == 422, answer.text
    assert list(answer.get_json()["errors"]) == ["decisions[1]"]
    assert "@example.com" not in answer.text
