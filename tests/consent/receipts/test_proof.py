"""Every receipt verifies alone, with the log's key and nothing else; a changed one does not."""

from __future__ import annotations

import json
import re
import threading
import time
from pathlib import Path
from uuid import UUID

import pytest

from config import Config
from privacy.audit import service as audit
from privacy.authz.actors import OPERATOR
from privacy.consent import service as consent
from privacy.crypto import keyring
from privacy.crypto.keyring import KeyUse
from privacy.db import unit_of_work
from tests.callers import Service, a_give
from tests.consent.desk import Desk
from tests.consent.receipts.desk import DPV, ENDINGS, ISO, KANTARA, PDF, asked, published, verified

FORMS = (ISO, DPV, KANTARA, PDF)


def test_each_form_verifies_with_the_verifier_alone_and_nothing_in_it_can_be_changed(
    service: Service, config: Config, tmp_path: Path
) -> None:
    caller = service.caller()
    record = caller.record(a_give())["records"][0]["id"]
    key = published(service.app, config.anchor_path)
    for form in FORMS:
        answer = asked(caller, record, form)
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, form), answer.text
        found = verified(tmp_path, answer.data, ENDINGS[form], key)
        assert found.returncode == 0, found.stdout + found.stderr
        for said in ("consent-receipt/v1", "consent.given", "to the byte"):
            assert said in found.stdout
        for changed in tampered(answer.data, form):
            assert changed != answer.data
            found = verified(tmp_path, changed, ENDINGS[form], key)
            assert found.returncode == 1, found.stdout
    other = verified(tmp_path, answer.data, "pdf", "log.example.org/other" + key[key.index("+") :])
    assert other.returncode != 0


def tampered(content: bytes, form: str) -> list[bytes]:
    """The receipt with a word changed, the statement's signature changed, and another event's id in its proof."""
    if form == PDF:
        page = content.replace(b"/Lang", b"/lang", 1)
        proof = re.search(rb"%privacy-proof (.+)", content)
        assert proof
        line = bytearray(proof[0])
        line[20] ^= 1
        return [page, content.replace(proof[0], bytes(line)), content.replace(proof[0] + b"\n", b"")]
    whole = json.loads(content)
    found = []
    for change in ("document", "statement", "event", "checkpoint"):
        copy = json.loads(content)
        if change == "document":
            first = next(name for name in whole if name != "proof")
            copy[first] = "something else"
        elif change == "event":
            copy["proof"]["event"]["body"]["action"] = "consent.withdrawn"
        else:
            copy["proof"][change] = copy["proof"][change].replace("— ", "— x", 1)
        found.append(json.dumps(copy).encode())
    return found


def test_a_receipt_of_a_fresh_act_waits_for_the_log(service: Service, config: Config) -> None:
    caller = service.caller()
    record = caller.record(a_give())["records"][0]["id"]

    def soon() -> None:
        time.sleep(0.2)
        published(service.app, config.anchor_path)

    worker = threading.Thread(target=soon)
    worker.start()
    answer = asked(caller, record)
    worker.join()
    assert answer.status_code == 200, answer.text


def test_what_the_log_does_not_publish_in_time_is_no_receipt(desk: Desk) -> None:
    recorded = desk.record({"email": "anna@example.com"}, "give")
    with pytest.raises(audit.NotPublishedYet):
        consent.receipt_of(
            recorded.records[0].id,
            consent.ReceiptForm.ISO_27560,
            actor=OPERATOR,
            locales=["en"],
            base_url="https://privacy.example",
            patience=0,
        )


def test_others_and_partners_get_none(service: Service, config: Config) -> None:
    caller = service.caller()
    record = caller.record(a_give())["records"][0]["id"]
    published(service.app, config.anchor_path)
    assert asked(service.caller(), record).status_code == 404, "another client's id is as good as none"
    assert asked(caller, str(UUID(int=7))).status_code == 404
    assert asked(service.caller("consents:check"), record).status_code == 403
    assert asked(service.caller("consents:read", partner=True), record).status_code == 403
    assert asked(service.nobody(), record).status_code == 401


def test_a_receipt_made_after_a_rotation_verifies_by_the_old_key_and_by_the_new(
    service: Service, config: Config, tmp_path: Path
) -> None:
    caller = service.caller()
    record = caller.record(a_give())["records"][0]["id"]
    old = published(service.app, config.anchor_path)
    with service.app.app_context(), unit_of_work():
        keyring.install(keyring.installed().with_new(KeyUse.SIGN))
        audit.endorse_newest(actor=OPERATOR)
    published(service.app, config.anchor_path)
    with service.app.app_context():
        new = str(audit.log_keys()[-1].verifier)
    assert new != old
    content = asked(caller, record).data
    for key in (old, new):
        found = verified(tmp_path, content, "json", key)
        assert found.returncode == 0, found.stdout
