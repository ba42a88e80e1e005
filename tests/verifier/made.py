"""Evidence of every kind, made with the service's own tree, notes and canonical JSON, and without its database."""

from __future__ import annotations

import base64
import hashlib
import hmac
import io
import json
import zipfile
from collections.abc import Iterable
from typing import Any

from privacy.audit import merkle
from privacy.audit.checkpoint import Checkpoint
from privacy.audit.note import KeyType, Note, SigningKey, sign
from privacy.crypto import canonical

ORIGIN = "log.example.org/consent"
AT = "2026-11-21T09:00:00Z"
Json = dict[str, Any]


def a_key(number: int, name: str = ORIGIN, kind: KeyType = KeyType.ED25519) -> SigningKey:
    return SigningKey(name, kind, hashlib.sha256(b"key %d" % number).digest())


KEY, NEW_KEY, FOREIGN_KEY = a_key(1), a_key(2), a_key(3)
OTHER_LOG = a_key(1, "log.example.org/other")
WITNESSES = [a_key(10 + one, f"witness.example.org/w{one}", KeyType.COSIGNATURE) for one in range(3)]


def b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def hmac_of(key: bytes, message: bytes) -> bytes:
    return hmac.new(key, message, hashlib.sha256).digest()


def an_id(number: int) -> str:
    return f"019ab000-0000-7000-8000-{number:012x}"


def salt_of(number: int) -> bytes:
    return hashlib.sha256(b"salt %d" % number).digest()


def tree(leaves: Iterable[bytes]) -> merkle.Subtrees:
    """The subtrees over some leaves, as the prover asks for them."""
    nodes: dict[tuple[int, int], bytes] = {}
    frontier = merkle.Frontier()
    for leaf in leaves:
        nodes.update({(level, number): made for level, number, made in frontier.append(merkle.leaf_hash(leaf))})
    return lambda level, number: nodes[level, number]


def a_statement(kind: str, signer: SigningKey = KEY, *, head: str | None = None, **said: Any) -> str:
    line = canonical.encode({"type": kind, "at": AT, **said}).decode()
    return str(sign(f"{head or signer.name}/statement\n{line}\n", [signer]))


#: The index of an erasure, where a log is that long.
ERASED = 10


class Log:
    """A log of some events; event i is about object i // 2, so that each object has a first and a last event."""

    def __init__(self, size: int = 13, key: SigningKey = KEY, *, endorsed_at: int | None = None) -> None:
        self.size, self.key, self.endorsed_at = size, key, endorsed_at
        self.bodies = [self._body(index) for index in range(size)]
        self.salts = [salt_of(index) for index in range(size)]
        commitments = [hmac_of(self.salts[i], canonical.encode(self.bodies[i])) for i in range(size)]
        self.leaves: list[Json] = [
            {"v": 1, "event_id": an_id(i), "commitment": b64(commitments[i])} for i in range(size)
        ]
        self.encoded = [canonical.encode(leaf) for leaf in self.leaves]
        self.subtrees = tree(self.encoded)

    def _body(self, index: int) -> Json:
        endorsement = index == self.endorsed_at
        details = {"key": str(NEW_KEY.verifier), "endorsed_by": str(KEY.verifier)} if endorsement else {"nr": index}
        return {
            "v": 1,
            "id": an_id(index),
            "at": AT,
            "action": "log_key.endorsed" if endorsement else "subject.erased" if index == ERASED else "consent.given",
            "actor": {"kind": "client", "id": an_id(900)},
            "subject": an_id(800),
            "object": {"type": "consent", "id": an_id(500 + index // 2)},
            "content_sha256": canonical.sha256(self.content(index)),
            "details": details,
        }

    def content(self, index: int) -> Json:
        if index == ERASED:
            return {"id": an_id(500 + index // 2), "erased_at": 1, "account": "{}"}
        return {"state": "given", "version": index, "name": "ż"}

    def checkpoint(self, size: int | None = None, *, keys: tuple[SigningKey, ...] = (), witnesses: int = 0) -> str:
        size = self.size if size is None else size
        point = Checkpoint(ORIGIN, size, merkle.root_of(size, self.subtrees))
        note = Note(str(point), ()).signed(*(key.sign(str(point)) for key in keys or (self.key,)))
        return str(note.signed(*(one.sign(str(point), at=1_767_225_600) for one in WITNESSES[:witnesses])))

    def event(self, index: int, size: int | None = None, *, body: bool = True) -> Json:
        proof = [b64(one) for one in merkle.prove_inclusion(index, size or self.size, self.subtrees)]
        disclosed = {"body": self.bodies[index], "salt": b64(self.salts[index])} if body else {}
        return {"index": index, "leaf": self.leaves[index], **disclosed, "proof": proof}

    def evidence(self, kind: str, **members: Any) -> Json:
        head = {"format": "privacy-evidence/v1", "kind": kind, "checkpoint": self.checkpoint()}
        return json_copy({**head, "endorsements": self.endorsements(), **members})

    def endorsements(self) -> list[Json]:
        if self.endorsed_at is None:
            return []
        said = {"origin": ORIGIN, "key": str(NEW_KEY.verifier)}
        return [{"statement": a_statement("key-endorsement/v1", **said), "event": self.event(self.endorsed_at)}]

    def inclusion(self, index: int = 5, *, body: bool = True) -> Json:
        return self.evidence("inclusion-proof", event=self.event(index, body=body))

    def consistency(self, old: int = 6) -> Json:
        proof = [b64(one) for one in merkle.prove_consistency(old, self.size, self.subtrees)]
        retired = self.endorsed_at is not None and old <= self.endorsed_at
        note = self.checkpoint(old, keys=(KEY if retired else self.key,))
        return self.evidence("consistency-proof", old=note, proof=proof)

    def document_proof(
        self, document: bytes, media_type: str, index: int = 5, *, kind: str = "consent-receipt/v1", body: bool = True
    ) -> Json:
        said = {"document_sha256": hashlib.sha256(document).hexdigest(), "media_type": media_type}
        note = a_statement(kind, self.key, **said, event_id=an_id(index))
        return self.evidence("document-proof", statement=note, event=self.event(index, body=body))

    def certificate(self, index: int = ERASED, *, body: bool = True, **changed: Any) -> Json:
        """A certificate of erasure, truly signed; `changed` is what it says otherwise than the log."""
        document = {"told": {"summary": "usunięto"}, "erasure": self.content(ERASED) | changed}
        kind, raw = "erasure-certificate/v1", canonical.encode(document)
        return {**document, "proof": self.document_proof(raw, "application/json", index, kind=kind, body=body)}

    def json_document(self) -> Json:
        document = {"id": an_id(5), "purpose": "oferty: zażółć", "nested": {"b": [1, None], "a": True}}
        return {**document, "proof": self.document_proof(canonical.encode(document), "application/json")}

    def pdf(self) -> bytes:
        document = a_pdf()
        proof = b64(json.dumps(self.document_proof(document, "application/pdf")).encode())
        lines = "".join(f"%privacy-proof {proof[i : i + 76]}\n" for i in range(0, len(proof), 76))
        return document.replace(b"startxref\n", lines.encode() + b"startxref\n")

    def bundle_files(self) -> dict[str, bytes]:
        text = "Zgadzam się na oferty.\n".encode()
        events = [self.event(i, body=i != 3) for i in range(2, 8)]
        objects = [
            {"object": {"type": "consent", "id": an_id(500 + i // 2)}, "content": self.content(i)} for i in (5, 7)
        ]
        return {
            "events.jsonl": json_lines(events),
            "objects.jsonl": json_lines(objects),
            f"texts/{hashlib.sha256(text).hexdigest()}.txt": text,
            "decisions.jsonl": json_lines([a_decision(subject=True), a_row(2)]),
            "summary.html": b"<p>summary</p>",
        }

    def manifest(self, files: dict[str, bytes]) -> Json:
        listed = {n: {"sha256": hashlib.sha256(raw).hexdigest(), "bytes": len(raw)} for n, raw in files.items()}
        said = {"about": {"subject": an_id(800)}, "files_sha256": canonical.sha256(listed)}
        note = a_statement("bundle/v1", self.key, **said)
        head = {"format": "privacy-bundle/v1", "files": listed, "statement": note}
        return {**head, "checkpoint": self.checkpoint(), "endorsements": self.endorsements()}

    def bundle(self, **changed: bytes | None) -> bytes:
        """The archive; `changed` replaces files before they are listed and signed, None leaves one out."""
        files = {**self.bundle_files(), **{name.replace("_", "."): raw for name, raw in changed.items()}}
        kept = {name: raw for name, raw in files.items() if raw is not None}
        return zipped({"manifest.json": json.dumps(self.manifest(kept)).encode(), **kept})

    def package_files(self) -> dict[str, bytes]:
        return {
            "README.txt": b"read me\n",
            "data/shop/customers.json": b'{"rows": [{"balance": 1.5}]}\n',
            "data/shop/customers.csv": b'"balance"\r\n"1.5"\r\n',
        }

    def package_manifest(self, files: dict[str, bytes]) -> Json:
        listed = {n: {"sha256": hashlib.sha256(raw).hexdigest(), "bytes": len(raw)} for n, raw in files.items()}
        about = {"request": an_id(801), "number": "2026/000123", "right": "access"}
        note = a_statement("package/v1", self.key, about=about, files_sha256=canonical.sha256(listed))
        return {"format": "privacy-package/v1", "files": listed, "statement": note}

    def package(self) -> bytes:
        files = self.package_files()
        return zipped({"manifest.json": json.dumps(self.package_manifest(files)).encode(), **files})

    def export(self) -> dict[str, bytes]:
        head = {"format": "privacy-log/v1", "origin": ORIGIN, "size": self.size, "checkpoint": self.checkpoint()}
        bodies = [
            {"event_id": an_id(i), "body": self.bodies[i], "salt": b64(self.salts[i])}
            for i in range(self.size)
            if i != 3
        ]
        return {
            "log.json": json.dumps({**head, "endorsements": self.endorsements()}).encode(),
            "leaves.jsonl": b"".join(leaf + b"\n" for leaf in self.encoded),
            "bodies.jsonl": json_lines(bodies),
        }


SUBJECT = {"email": "anna.nowak@example.com", "customer_id": "C-1001"}
SALT = salt_of(7_000)
ASKED = {"as_of": AT, "asked_by": {"id": an_id(900), "name": "crm"}, "purpose": "offers", "channel": "email"}


def a_decision(*, subject: bool = False, **changed: Any) -> Json:
    about = b64(hmac_of(SALT, canonical.encode(SUBJECT)))
    said = {**ASKED, "about": about, "subject_ref": an_id(800), "allowed": True, "reason": "given", **changed}
    return {
        "statement": a_statement("decision/v1", **said),
        "salt": b64(SALT),
        **({"subject": SUBJECT} if subject else {}),
    }


def an_answer() -> Json:
    return {"allowed": True, "reason": "given", "as_of": AT, "token": "t", "receipt": a_decision()}


def a_request(count: int = 5) -> Json:
    subjects = [{"email": f"p{number}@example.com"} for number in range(count)]
    return {"purpose": "offers", "channel": "email", "subjects": subjects, "receipt": True}


def batch_rows(count: int = 5) -> list[Json]:
    rows = []
    for number, subject in enumerate(a_request(count)["subjects"]):
        about = b64(hmac_of(hmac_of(SALT, b"row:%d" % number), canonical.encode(subject)))
        allowed = number % 2 == 0
        rows.append({"about": about, "allowed": allowed, "i": number, "reason": "given" if allowed else "refused"})
    return rows


def a_batch(count: int = 5) -> Json:
    rows = batch_rows(count)
    root = merkle.root_of(count, tree(map(canonical.encode, rows)))
    allowed = sum(row["allowed"] for row in rows)
    said = {**ASKED, "count": count, "allowed_count": allowed, "expires_at": AT, "root": b64(root)}
    results = [{"allowed": row["allowed"], "reason": row["reason"]} for row in rows]
    receipt = {"statement": a_statement("decision-batch/v1", **said), "salt": b64(SALT)}
    counts = {"given": allowed, "refused": count - allowed}
    return {"as_of": AT, "token": "t", "expires_at": AT, "counts": counts, "results": results, "receipt": receipt}


def a_row(number: int, count: int = 5) -> Json:
    rows = batch_rows(count)
    proof = merkle.prove_inclusion(number, count, tree(map(canonical.encode, rows)))
    return {
        "format": "privacy-evidence/v1",
        "kind": "decision-row",
        "statement": a_batch(count)["receipt"]["statement"],
        "row": rows[number],
        "row_salt": b64(hmac_of(SALT, b"row:%d" % number)),
        "proof": [b64(one) for one in proof],
    }


def a_pdf() -> bytes:
    """A page as ReportLab writes it."""
    from reportlab.pdfgen.canvas import Canvas

    written = io.BytesIO()
    canvas = Canvas(written, invariant=True)
    canvas.drawString(72, 720, "Potwierdzenie zgody")
    canvas.save()
    return written.getvalue()


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", method) as archive:
        for name, raw in files.items():
            archive.writestr(zipfile.ZipInfo(name), raw, method)
    return written.getvalue()


def json_lines(values: Iterable[Any]) -> bytes:
    return b"".join(json.dumps(value, ensure_ascii=False).encode() + b"\n" for value in values)


def json_copy(value: Any) -> Any:
    """A copy that may be changed without changing its source."""
    return json.loads(json.dumps(value))
