"""The one file alone in an empty folder, run with `python -I`: every kind of evidence, and every way to be misused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from privacy.crypto import canonical
from tests.verifier import made
from tests.verifier.conftest import Alone
from tests.verifier.made import KEY, NEW_KEY, SUBJECT, WITNESSES, Log

LOG = Log()
ROTATED = Log(key=NEW_KEY, endorsed_at=8)
VKEY = str(KEY.verifier)
SAID = ("--subject", json.dumps(SUBJECT))

KINDS: dict[str, tuple[Any, str]] = {
    "inclusion-proof": (LOG.inclusion(), "inclusion-proof"),
    "body withheld": (LOG.inclusion(body=False), "inclusion-proof"),
    "consistency-proof": (LOG.consistency(), "consistency-proof"),
    "document-proof": (LOG.document_proof(b"text", "text/plain"), "document-proof"),
    "decision-row": (made.a_row(3), "decision-row"),
    "decision": (made.a_decision(), "decision"),
    "decision with its subject": (made.a_decision(subject=True), "decision"),
    "answer": (made.an_answer(), "decision"),
    "json document": (LOG.json_document(), "document"),
    "pdf": (LOG.pdf(), "document"),
    "bundle": (LOG.bundle(), "bundle"),
    "package": (LOG.package(), "package"),
    "log archive": (made.zipped(LOG.export()), "log"),
    "checkpoint": (LOG.checkpoint().encode(), "checkpoint"),
    "statement": (made.a_decision()["statement"].encode(), "statement"),
    "rotated inclusion-proof": (ROTATED.inclusion(), "inclusion-proof"),
    "rotated consistency-proof": (ROTATED.consistency(), "consistency-proof"),
    "rotated after both": (ROTATED.consistency(10), "consistency-proof"),
    "rotated bundle": (ROTATED.bundle(), "bundle"),
    "rotated log": (made.zipped(ROTATED.export()), "log"),
}


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_of_evidence_verifies_alone(alone: Alone, name: str) -> None:
    content, kind = KINDS[name]
    done = alone.run(alone.put("evidence", content), "--key", VKEY, "--json")
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    found = json.loads(done.stdout)
    assert (found["ok"], found["kind"], found["failure"]) == (True, kind, None)
    assert found["steps"]


def test_the_new_key_alone_verifies_what_came_after_the_rotation(alone: Alone) -> None:
    done = alone.run(alone.put("evidence", ROTATED.inclusion()), "--key", str(NEW_KEY.verifier))
    assert done.returncode == 0, done.stdout


def test_the_folder_of_an_exported_log_verifies(alone: Alone) -> None:
    (alone.folder / "log").mkdir()
    for name, raw in LOG.export().items():
        alone.put(f"log/{name}", raw)
    done = alone.run("log", "--key", VKEY)
    assert done.returncode == 0, done.stdout
    assert "The root follows from all 13 leaves" in done.stdout
    assert "What 1 of 13 events say was erased" in done.stdout


def test_steps_are_numbered_and_what_is_not_proven_is_said(alone: Alone) -> None:
    done = alone.run(alone.put("evidence", LOG.inclusion(body=False)), "--key", VKEY)
    lines = done.stdout.splitlines()
    assert lines[0] == "evidence: inclusion-proof"
    assert lines[1].startswith("  1. The checkpoint of log.example.org/consent with 13 leaves is signed by ")
    assert lines[1].endswith(". ok")
    assert "  VERIFIED" in lines
    assert any("another history" in line for line in lines)
    assert any("was erased or is withheld" in line for line in lines)


def test_a_failure_is_one_sentence_with_its_place(alone: Alone) -> None:
    evidence = LOG.inclusion()
    evidence["event"]["body"]["action"] = "consent.refused"
    done = alone.run(alone.put("evidence", evidence), "--key", VKEY)
    assert done.returncode == 1
    assert "  2. FAILED at evidence, event, body: Body and salt are not what the leaf of event" in done.stdout


def test_a_document_verifies_with_its_proof_in_a_second_file(alone: Alone) -> None:
    proof = alone.put("proof", LOG.document_proof(b"text", "text/plain"))
    done = alone.run(alone.put("letter.txt", b"text"), proof, "--key", VKEY)
    assert done.returncode == 0, done.stdout
    assert "Not proven: The document" not in done.stdout
    changed = alone.run(alone.put("letter.txt", b"Text"), proof, "--key", VKEY)
    assert changed.returncode == 1
    assert "FAILED at letter.txt: No proof that was given speaks of this file" in changed.stdout


def test_a_json_document_with_fractions_verifies_with_a_second_file(alone: Alone) -> None:
    document = alone.put("map.json", b'{"height": 1.5}')
    proof = alone.put("proof", LOG.document_proof(b'{"height": 1.5}', "application/json"))
    assert alone.run(document, proof, "--key", VKEY).returncode == 0


def test_a_proof_that_fails_proves_no_document(alone: Alone) -> None:
    evidence = LOG.document_proof(b"text", "text/plain")
    evidence["event"]["index"] = 4
    done = alone.run(alone.put("letter.txt", b"text"), alone.put("proof", evidence), "--key", VKEY, "--json")
    assert [json.loads(line)["ok"] for line in done.stdout.splitlines()] == [False, False]


def test_a_decision_shows_whom_it_was_about(alone: Alone) -> None:
    name = alone.put("evidence", made.a_decision())
    done = alone.run(name, "--key", VKEY, *SAID)
    assert "about the subject that was given" in done.stdout
    other = alone.run(name, "--key", VKEY, "--subject", '{"email":"other@example.com"}')
    assert other.returncode == 1
    assert "about another subject" in other.stdout
    assert "other@example.com" not in other.stdout + other.stderr


def test_a_subject_that_nothing_is_compared_with_is_a_failure(alone: Alone) -> None:
    done = alone.run(alone.put("evidence", LOG.inclusion()), "--key", VKEY, *SAID)
    assert done.returncode == 1
    assert "Nothing in this file could be compared" in done.stdout


def test_a_whole_batch_verifies_with_its_request(alone: Alone) -> None:
    answer, request = alone.put("answer.json", made.a_batch()), alone.put("request.json", made.a_request())
    done = alone.run(answer, "--request", request, "--key", VKEY)
    assert done.returncode == 0, done.stdout
    assert "All 5 rows are the ones that were signed" in done.stdout
    without = alone.run(answer, "--key", VKEY)
    assert (without.returncode, without.stdout) == (2, "")
    assert "--request" in without.stderr


@pytest.mark.parametrize("count", [1, 2, 3, 5, 8])
def test_any_row_of_a_batch_can_be_taken_out_and_shown_alone(alone: Alone, count: int) -> None:
    answer, request = alone.put("answer.json", made.a_batch(count)), alone.put("request.json", made.a_request(count))
    number = count - 1
    taken = alone.run("--extract-row", str(number), answer, "--request", request)
    assert json.loads(taken.stdout) == made.a_row(number, count)
    subject = json.dumps(made.a_request(count)["subjects"][number])
    done = alone.run(alone.put("row", taken.stdout.encode()), "--key", VKEY, "--subject", subject)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("number", [-1, 5])
def test_a_row_that_the_list_does_not_have_is_not_taken_out(alone: Alone, number: int) -> None:
    answer, request = alone.put("answer.json", made.a_batch()), alone.put("request.json", made.a_request())
    done = alone.run(f"--extract-row={number}", answer, "--request", request)
    assert (done.returncode, done.stdout) == (2, "")
    assert "count from 0 to 4" in done.stderr


def test_a_row_is_not_taken_out_of_an_answer_to_another_request(alone: Alone) -> None:
    request = made.a_request()
    request["subjects"].reverse()
    answer, name = alone.put("answer.json", made.a_batch()), alone.put("request.json", request)
    done = alone.run("--extract-row", "0", answer, "--request", name)
    assert done.returncode == 2
    assert "not those of the statement" in done.stderr


def test_without_a_key_it_refuses_and_says_how_to_get_one(alone: Alone) -> None:
    done = alone.run(alone.put("evidence", LOG.inclusion()))
    assert (done.returncode, done.stdout) == (2, "")
    assert "ask the log's owner for it, never take it from the evidence" in done.stderr


def test_a_file_may_hold_several_keys(alone: Alone) -> None:
    keys = alone.put("keys", f"# ours\n{made.FOREIGN_KEY.verifier}\n\n{VKEY}\n".encode())
    assert alone.run(alone.put("evidence", LOG.inclusion()), "--key", keys).returncode == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ("--key", "nowhere"),
        ("--key", "evidence"),
        ("--key", VKEY.replace("+", "+0", 1)),
        ("--key", VKEY[:-2] + "A="),
        ("--key", str(WITNESSES[0].verifier)),
        ("--key", VKEY, "--witness", VKEY),
        ("--key", VKEY, "--witnesses-required", "1"),
        ("--key", VKEY, "--witnesses-required", "-1"),
        ("--key", VKEY, "--subject", "{"),
        ("--key", VKEY, "--request", "nowhere"),
        ("--key", VKEY, "nowhere"),
        ("--extract-row", "0"),
    ],
)
def test_what_is_misused_ends_with_two_and_a_sentence(alone: Alone, arguments: tuple[str, ...]) -> None:
    alone.put("evidence", LOG.inclusion())
    done = alone.run("evidence", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("privacy-verify: ")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(("signed", "required", "code"), [(2, 2, 0), (2, 3, 1), (0, 1, 1), (3, 3, 0), (1, 0, 0)])
def test_as_many_witnesses_as_are_required_have_cosigned(alone: Alone, signed: int, required: int, code: int) -> None:
    evidence = {**LOG.inclusion(), "checkpoint": LOG.checkpoint(witnesses=signed)}
    witnesses = [part for one in WITNESSES for part in ("--witness", str(one.verifier))]
    name = alone.put("evidence", evidence)
    done = alone.run(name, "--key", VKEY, *witnesses, "--witnesses-required", str(required))
    assert done.returncode == code, done.stdout
    assert ("cosigned by" in done.stdout) == (signed > 0 and code == 0)


def test_the_command_line_of_a_whole_check_answer_takes_the_request(alone: Alone) -> None:
    request = alone.put("request.json", {"subject": SUBJECT, "purpose": "offers", "receipt": True})
    done = alone.run(alone.put("answer", made.an_answer()), "--request", request, "--key", VKEY)
    assert "about the subject that was given" in done.stdout, done.stdout


def test_what_would_steer_a_terminal_is_printed_as_its_code(alone: Alone) -> None:
    log = Log(2)
    log.bodies[0]["action"] = "a\x1b[2J\nVERIFIED"
    commitment = made.b64(made.hmac_of(log.salts[0], canonical.encode(log.bodies[0])))
    log.leaves[0]["commitment"] = commitment
    log.subtrees = made.tree(map(canonical.encode, log.leaves))
    done = alone.run(alone.put("evidence", log.inclusion(0)), "--key", VKEY)
    assert done.returncode == 0, done.stdout
    assert "a\\u001b[2J\\u000aVERIFIED" in done.stdout
