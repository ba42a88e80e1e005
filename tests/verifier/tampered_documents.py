"""Manipulations of spelling, of documents, and of signed decisions."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable
from typing import Any

from privacy.audit.note import Note, sign
from privacy.crypto import canonical
from tests.verifier import made
from tests.verifier.made import AT, FOREIGN_KEY, KEY, ORIGIN, OTHER_LOG, a_statement, an_id, b64
from tests.verifier.tampering import (
    ANOTHER_ROOT,
    LOG,
    NONE_TRUSTED,
    SAYS,
    Tampering,
    body_of,
    drop,
    flip,
    options,
    put,
    resigned,
    text,
    unsigned,
)

SPELLINGS = [
    Tampering("a BOM", "inclusion", lambda e: b"\xef\xbb\xbf" + canonical.encode(e), "line 1, column 1", "not JSON"),
    Tampering(
        "UTF-16", "inclusion", lambda e: canonical.encode(e).decode().encode("utf-16"), "", "No proof that was given"
    ),
    Tampering(
        "not UTF-8", "inclusion", lambda e: canonical.encode(e).replace(b"client", b"cli\xffent"), "", "not UTF-8"
    ),
    Tampering("a name twice", "inclusion", text('"index":5', '"index":4,"index":5'), "", "'index'"),
    Tampering("a name twice, once escaped", "inclusion", text('"index":5', '"\\u0069ndex":4,"index":5'), "", "'index'"),
    *(
        Tampering(f"number {written}", "inclusion", text('"nr":5', f'"nr":{written}'), "", words)
        for written, words in [
            ("5.0", "not a whole one"),
            ("5e0", "not a whole one"),
            ("-0", "-0"),
            ("NaN", "not a whole one"),
            ("Infinity", "not a whole one"),
            ("-Infinity", "not a whole one"),
            ("1e999", "not a whole one"),
            ("9007199254740993", "2^53"),
            ("05", "not JSON"),
            ("+5", "not JSON"),
            ("0x5", "not JSON"),
            ("5_0", "not JSON"),
        ]
    ),
    Tampering("a lone surrogate", "inclusion", text('"nr":5', '"nr":"\\ud800"'), "", "surrogate"),
    Tampering("deeply nested", "inclusion", text('"nr":5', '"nr":' + "[" * 100_000 + "]" * 100_000), "", "levels deep"),
    Tampering("a comment", "inclusion", lambda e: canonical.encode(e) + b"//", "line 1", "not JSON"),
    Tampering("two values", "inclusion", lambda e: canonical.encode(e) * 2, "line 1", "not JSON"),
    Tampering("a trailing comma", "inclusion", text('"index":5', '"index":5,}'), "line 1", "not JSON"),
    Tampering("cut in half", "inclusion", lambda e: canonical.encode(e)[:900], "line 1", "not JSON"),
    Tampering(
        "NFC made NFD", "document", put("purpose", lambda s: unicodedata.normalize("NFD", s)), "document", "was changed"
    ),
    Tampering("a member more", "inclusion", lambda e: e.update(note="x"), "", "'note'"),
    Tampering("a member less", "inclusion", drop("endorsements"), "", "lacks the member 'endorsements'"),
    Tampering("another kind", "inclusion", put("kind", "document-proof"), "", "lacks the member 'statement'"),
    Tampering("an unknown kind", "inclusion", put("kind", "trust-me"), "kind", "not known here"),
    Tampering("another format", "inclusion", put("format", "privacy-evidence/v2"), "", "No proof that was given"),
]


def _pdf(change: Callable[[list[bytes]], list[bytes]]) -> Callable[[bytes], bytes]:
    def changed(raw: bytes) -> bytes:
        return b"".join(change(raw.splitlines(keepends=True)))

    return changed


def _moved_proof(lines: list[bytes]) -> list[bytes]:
    proof = [line for line in lines if line.startswith(b"%privacy-proof")]
    return [lines[0], *proof, *(line for line in lines[1:] if line not in proof)]


def _instead(**changed: Any) -> Callable[[Any], bytes]:
    """Another certificate under the same, true signature."""
    return lambda _: canonical.encode(LOG.certificate(**changed))


DOCUMENTS = [
    Tampering("certificate reworded", "certificate", put("told.summary", "nic"), "document", "was changed"),
    Tampering(
        "certificate that says less was deleted",
        "certificate",
        _instead(account='{"deleted":{}}'),
        "erasure",
        "than the log",
    ),
    Tampering("certificate of another erasure", "certificate", _instead(id=an_id(504)), "erasure", "than the log"),
    Tampering("certificate of no erasure", "certificate", _instead(index=6), "proof, event", "not that of an erasure"),
    Tampering("certificate without what the log says", "certificate", _instead(body=False), "proof, event", "needs"),
    Tampering(
        "certificate as a receipt",
        "certificate",
        put("proof.statement", a_statement("consent-receipt/v1", **SAYS)),
        "proof, event",
        "another event",
    ),
    Tampering(
        "statement of a stranger",
        "proof",
        put("statement", a_statement("consent-receipt/v1", FOREIGN_KEY, **SAYS)),
        "statement",
        NONE_TRUSTED,
    ),
    Tampering(
        "statement of another event",
        "proof",
        put("statement", a_statement("consent-receipt/v1", **{**SAYS, "event_id": an_id(6)})),
        "event",
        "another event",
    ),
    Tampering("event of another statement", "proof", put("event", LOG.event(6)), "event", "another event"),
    Tampering(
        "statement changed",
        "proof",
        put("statement", lambda n: body_of(n, lambda t: t.replace("plain", "html"))),
        "statement, signature line 1",
        "does not hold",
    ),
    Tampering(
        "statement's time moved",
        "proof",
        put("statement", lambda n: body_of(n, lambda t: t.replace("2026", "2025"))),
        "statement, signature line 1",
        "does not hold",
    ),
    Tampering("statement stripped", "proof", put("statement", unsigned), "statement", "end otherwise"),
    Tampering(
        "statement not canonical",
        "proof",
        put("statement", resigned(KEY, lambda t: t.replace(":", ": ", 1))),
        "statement",
        "canonical",
    ),
    Tampering(
        "statement, keys in another order",
        "proof",
        put(
            "statement",
            str(
                sign(
                    f"{ORIGIN}/statement\n"
                    + json.dumps({"type": "consent-receipt/v1", "at": AT, **SAYS}, separators=(",", ":"))
                    + "\n",
                    [KEY],
                )
            ),
        ),
        "statement",
        "canonical",
    ),
    Tampering(
        "statement, a name twice",
        "proof",
        put("statement", resigned(KEY, lambda t: t.replace('{"at"', '{"at":"","at"'))),
        "statement",
        "twice",
    ),
    Tampering(
        "a checkpoint for a statement", "proof", put("statement", LOG.checkpoint()), "statement", "not a statement"
    ),
    Tampering(
        "a decision for a receipt",
        "proof",
        put("statement", made.a_decision()["statement"]),
        "statement",
        "does not speak of a document",
    ),
    Tampering(
        "statement without a hash",
        "proof",
        put("statement", a_statement("consent-receipt/v1", event_id=an_id(5))),
        "statement",
        "lacks the member 'document_sha256'",
    ),
    Tampering("document: a value changed", "document", put("purpose", "profiling"), "document", "was changed"),
    Tampering("document: a member more", "document", lambda e: e.update(more=1), "document", "was changed"),
    Tampering("document: a member less", "document", drop("nested"), "document", "was changed"),
    Tampering("document: true made 1", "document", put("nested.a", 1), "document", "was changed"),
    Tampering("document: proof stripped", "document", drop("proof"), "", "No proof that was given"),
    Tampering(
        "document: proof of another",
        "document",
        put("proof", LOG.document_proof(b"text", "application/json")),
        "document",
        "was changed",
    ),
    Tampering(
        "document: proof of a PDF",
        "document",
        put("proof", LOG.document_proof(b"text", "application/pdf")),
        "proof",
        "another type of document",
    ),
    Tampering(
        "document: another kind of proof", "document", put("proof", LOG.inclusion()), "proof", "'kind' is not as"
    ),
    Tampering(
        "document: its event moved", "document", put("proof.event.index", 4), "proof, event, proof", ANOTHER_ROOT
    ),
    Tampering("PDF: a byte changed", "pdf", lambda raw: raw.replace(b"%%EOF", b"%%EOG"), "document", "was changed"),
    Tampering(
        "PDF: a line added", "pdf", lambda raw: raw.replace(b"startxref", b"% x\nstartxref"), "PDF", "directly before"
    ),
    Tampering("PDF: data behind its end", "pdf", lambda raw: raw + b"% more\n", "document", "was changed"),
    Tampering(
        "PDF: an update appended",
        "pdf",
        lambda raw: raw + b"1 0 obj\n<<>>\nendobj\nstartxref\n9\n%%EOF\n",
        "document",
        "was changed",
    ),
    Tampering(
        "PDF: proof stripped",
        "pdf",
        _pdf(lambda lines: [one for one in lines if not one.startswith(b"%privacy-proof")]),
        "",
        "No proof that was given",
    ),
    Tampering("PDF: proof moved", "pdf", _pdf(_moved_proof), "PDF", "directly before"),
    Tampering(
        "PDF: a second proof",
        "pdf",
        lambda raw: raw.replace(b"\n", b"\n%privacy-proof AAAA\n", 1),
        "PDF",
        "directly before",
    ),
    Tampering(
        "PDF: a line of the proof cut",
        "pdf",
        lambda raw: raw.replace(raw[raw.index(b"%privacy-proof") :][:20], b"%privacy-proof ", 1),
        "%privacy-proof lines",
        "another length",
    ),
    Tampering(
        "PDF: its head changed",
        "pdf",
        lambda raw: raw.replace(b"%PDF-1.3", b"%PDF-1.4").replace(b"%PDF-1.7", b"%PDF-1.4"),
        "document",
        "was changed",
    ),
]

REQUEST = made.a_request()
BATCH = options(request=REQUEST)


def _said(**changed: Any) -> Callable[[Any], None]:
    """A row's or a batch's statement, signed anew with something else in it."""

    def change(evidence: Any) -> None:
        holder = evidence.get("receipt", evidence)
        line = Note.parse(holder["statement"]).text.split("\n")[1]
        said = {**json.loads(line), **changed}
        holder["statement"] = a_statement(said.pop("type"), **{k: v for k, v in said.items() if k != "at"})

    return change


DECISIONS = [
    Tampering(
        "decision: the answer turned",
        "decision",
        put("statement", lambda n: body_of(n, lambda t: t.replace("true", "false"))),
        "statement, signature line 1",
        "does not hold",
    ),
    Tampering(
        "decision: of a stranger", "decision", put("statement", resigned(FOREIGN_KEY)), "statement", NONE_TRUSTED
    ),
    Tampering(
        "decision: of another log",
        "decision",
        put("statement", resigned(OTHER_LOG, lambda t: t.replace("/consent/", "/other/"))),
        "statement",
        "no key of that log was given",
    ),
    Tampering(
        "decision: about another", "decision", put("subject", {"email": "x@example.com"}), "subject", "another subject"
    ),
    Tampering(
        "decision: about more", "decision", lambda e: e["subject"].update(phone="1"), "subject", "another subject"
    ),
    Tampering(
        "decision: asked in other words", "decision", put("subject.email", str.upper), "subject", "another subject"
    ),
    Tampering(
        "decision: the user's subject is another",
        "decision",
        lambda _: None,
        "subject",
        "another subject",
        options(subject={"email": "x"}),
    ),
    Tampering("decision: salt flipped", "decision", put("salt", flip), "subject", "another subject"),
    Tampering("decision: salt cut", "decision", put("salt", "AAAA"), "salt", "32 bytes"),
    Tampering(
        "decision: a batch's row for it",
        "decision",
        put("statement", a_statement("consent-receipt/v1", **SAYS)),
        "statement",
        "another type",
    ),
    Tampering("answer: turned", "answer", put("allowed", False), "allowed", "not the one that was signed"),
    Tampering("answer: another reason", "answer", put("reason", "contract"), "reason", "not the one that was signed"),
    Tampering(
        "answer: another time", "answer", put("as_of", "2027-01-01T00:00:00Z"), "as_of", "not the one that was signed"
    ),
    Tampering("row: turned", "row", put("row.allowed", True), "proof", "not in the list that was signed"),
    Tampering("row: another reason", "row", put("row.reason", "given"), "proof", "not in the list"),
    Tampering("row: another place", "row", put("row.i", 2), "proof", "not in the list"),
    Tampering("row: outside the list", "row", put("row.i", 5), "row, i", "outside a list of 5"),
    Tampering("row: negative", "row", put("row.i", -1), "row, i", "outside a list"),
    Tampering("row: about another", "row", put("row.about", flip), "proof", "not in the list"),
    Tampering("row: a member more", "row", lambda e: e["row"].update(x=1), "row", "'x'"),
    Tampering(
        "row: another's salt, with the subject",
        "row",
        put("row_salt", made.a_row(2)["row_salt"]),
        "subject",
        "another subject",
        options(subject=REQUEST["subjects"][3]),
    ),
    Tampering(
        "row: another's subject",
        "row",
        lambda _: None,
        "subject",
        "another subject",
        options(subject=REQUEST["subjects"][2]),
    ),
    Tampering("row: proof shorter", "row", lambda e: e["proof"].pop(), "proof", "fewer hashes"),
    Tampering("row: proof longer", "row", lambda e: e["proof"].append(b64(bytes(32))), "proof", "more hashes"),
    Tampering("row: a list that claims to be shorter", "row", _said(count=4), "proof", "more hashes"),
    Tampering("row: an impossible count", "row", _said(count=-1), "row, i", "outside a list"),
    Tampering(
        "row: a decision's statement",
        "row",
        put("statement", made.a_decision()["statement"]),
        "statement",
        "another type",
    ),
    Tampering(
        "batch: two rows swapped",
        "batch",
        lambda e: e["results"].insert(0, e["results"].pop(1)),
        "results",
        "changed, swapped",
        BATCH,
    ),
    Tampering(
        "batch: all turned round",
        "batch",
        lambda e: e["results"].reverse() or e["results"].append(e["results"].pop(0)),
        "results",
        "changed, swapped",
        BATCH,
    ),
    Tampering(
        "batch: a row turned", "batch", put("results.1.allowed", True), "results", "4 rows are allowed, 3 were", BATCH
    ),
    Tampering(
        "batch: another reason", "batch", put("results.1.reason", "no_record"), "results", "changed, swapped", BATCH
    ),
    Tampering("batch: a row less", "batch", lambda e: e["results"].pop(), "results", "4 answers, 5 subjects", BATCH),
    Tampering(
        "batch: another subject",
        "batch",
        lambda _: None,
        "results",
        "asked about others",
        options(request={**REQUEST, "subjects": [*REQUEST["subjects"][:4], {"email": "x"}]}),
    ),
    Tampering(
        "batch: subjects swapped",
        "batch",
        lambda _: None,
        "results",
        "asked about others",
        options(request={**REQUEST, "subjects": REQUEST["subjects"][::-1]}),
    ),
    Tampering(
        "batch: a row and a subject less",
        "batch",
        lambda e: e["results"].pop(),
        "results",
        "4 rows, 5 were signed",
        options(request={**REQUEST, "subjects": REQUEST["subjects"][:4]}),
    ),
    Tampering(
        "batch: another purpose asked",
        "batch",
        lambda _: None,
        "purpose",
        "another purpose",
        options(request={**REQUEST, "purpose": "x"}),
    ),
    Tampering(
        "batch: another channel asked",
        "batch",
        lambda _: None,
        "channel",
        "another channel",
        options(request={**REQUEST, "channel": "sms"}),
    ),
    Tampering(
        "batch: longer valid",
        "batch",
        put("expires_at", "2030-01-01T00:00:00Z"),
        "expires_at",
        "another expires_at",
        BATCH,
    ),
    Tampering("batch: another time", "batch", put("as_of", "2030-01-01T00:00:00Z"), "as_of", "another as_of", BATCH),
    Tampering("batch: salt flipped", "batch", put("receipt.salt", flip), "results", "changed, swapped", BATCH),
    Tampering("batch: a result is no object", "batch", put("results.2", 1), "results[2]", "not a JSON object", BATCH),
]
