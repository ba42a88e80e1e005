"""Manipulations of checkpoints, of their signatures, and of endorsed keys."""

from __future__ import annotations

import base64
import struct
from collections.abc import Callable
from typing import Any

from privacy.audit.note import KeyType, Note, SigningKey, sign
from privacy.crypto import canonical
from tests.verifier import made
from tests.verifier.made import AT, FOREIGN_KEY, KEY, NEW_KEY, ORIGIN, OTHER_LOG, Log, a_statement, b64
from tests.verifier.tampering import (
    ANOTHER_ROOT,
    FORK,
    LOG,
    NONE_TRUSTED,
    PUBLIC,
    ROTATED,
    Tampering,
    body_of,
    flip,
    options,
    plus_order,
    put,
    resigned,
    signature_changed,
    under_another_type,
    unsigned,
)

CHECKPOINTS = [
    Tampering("signature stripped", "inclusion", put("checkpoint", unsigned), "checkpoint", "signature line"),
    Tampering("foreign key", "inclusion", put("checkpoint", resigned(FOREIGN_KEY)), "checkpoint", NONE_TRUSTED),
    Tampering(
        "signature flipped",
        "inclusion",
        put("checkpoint", signature_changed(lambda raw: bytes([raw[0] ^ 1]) + raw[1:])),
        "checkpoint, signature line 1",
        "does not hold",
    ),
    Tampering(
        "S + L",
        "inclusion",
        put("checkpoint", signature_changed(plus_order)),
        "checkpoint, signature line 1",
        "does not hold",
    ),
    Tampering(
        "signature cut",
        "inclusion",
        put("checkpoint", signature_changed(lambda raw: raw[:-1])),
        "checkpoint, signature line 1",
        "does not hold",
    ),
    Tampering(
        "signature longer",
        "inclusion",
        put("checkpoint", signature_changed(lambda raw: raw + b"\0")),
        "checkpoint, signature line 1",
        "does not hold",
    ),
    Tampering(
        "signature empty",
        "inclusion",
        put("checkpoint", signature_changed(lambda _: b"")),
        "checkpoint, signature line 1",
        "holds no signature",
    ),
    Tampering(
        "algorithm swapped", "inclusion", put("checkpoint", under_another_type(PUBLIC, 2)), "checkpoint", NONE_TRUSTED
    ),
    Tampering(
        "witness's algorithm", "inclusion", put("checkpoint", under_another_type(PUBLIC, 4)), "checkpoint", NONE_TRUSTED
    ),
    Tampering(
        "size moved",
        "inclusion",
        put("checkpoint", lambda n: body_of(n, lambda t: t.replace("\n13\n", "\n14\n"))),
        "checkpoint, signature line 1",
        "does not hold",
    ),
    Tampering(
        "root moved",
        "inclusion",
        put("checkpoint", lambda n: body_of(n, lambda _: FORK.checkpoint().split("\n\n")[0] + "\n")),
        "checkpoint, signature line 1",
        "does not hold",
    ),
    Tampering("fork, same size", "inclusion", put("checkpoint", FORK.checkpoint()), "event, proof", ANOTHER_ROOT),
    Tampering("an older checkpoint", "inclusion", put("checkpoint", LOG.checkpoint(9)), "event, proof", ANOTHER_ROOT),
    Tampering(
        "rolled back below the event", "last", put("checkpoint", LOG.checkpoint(9)), "event, index", "outside a tree"
    ),
    Tampering(
        "another log",
        "inclusion",
        put("checkpoint", resigned(OTHER_LOG, lambda t: t.replace("consent", "other"))),
        "checkpoint",
        "no key of that log was given",
    ),
    Tampering(
        "another log by our key",
        "inclusion",
        put("checkpoint", resigned(KEY, lambda t: t.replace("consent", "other"))),
        "checkpoint",
        "no key of that log was given",
    ),
    Tampering(
        "another log, its key pinned too",
        "proof",
        put("checkpoint", resigned(OTHER_LOG, lambda t: t.replace("consent", "other"))),
        "statement",
        "the rest of the file of another",
        options(KEY, OTHER_LOG),
    ),
    *(
        Tampering(
            f"size {written!r}",
            "inclusion",
            put("checkpoint", resigned(KEY, lambda t, written=written: t.replace("\n13\n", f"\n{written}\n"))),
            "checkpoint",
            words,
        )
        for written, words in [
            ("013", "no plain number"),
            ("+13", "no plain number"),
            (" 13", "no plain number"),
            ("13 ", "no plain number"),
            ("1_3", "no plain number"),
            ("١٣", "no plain number"),
            ("-1", "no plain number"),
            ("13.0", "no plain number"),
            (str(2**63), "beyond 2^63"),
            (str(2**64 + 13), "no plain number"),
            ("", "no plain number"),
            ("0", "empty log"),
        ]
    ),
    *(
        Tampering(name, "checkpoint", lambda raw, old=old, new=new: raw.replace(old, new, 1), "checkpoint", words)
        for name, old, new, words in [
            ("CRLF", b"\n", b"\r\n", "control character"),
            ("a NUL", b"log", b"\0log", "control character"),
        ]
    ),
    Tampering(
        "extension line",
        "inclusion",
        put("checkpoint", resigned(KEY, lambda t: t + "more\n")),
        "checkpoint",
        "three lines",
    ),
    Tampering(
        "root in base64 with loose bits",
        "inclusion",
        put("checkpoint", resigned(KEY, lambda t: t[:-3] + chr(ord(t[-3]) + 1) + t[-2:])),
        "checkpoint",
        "canonical",
    ),
    Tampering(
        "root cut",
        "inclusion",
        put("checkpoint", resigned(KEY, lambda t: t.split("\n")[0] + "\n13\nAAAA\n")),
        "checkpoint",
        "32 bytes",
    ),
    Tampering(
        "no blank line",
        "inclusion",
        put("checkpoint", lambda n: n.replace("\n\n", "\n")),
        "checkpoint",
        "not a signed note",
    ),
    Tampering("note without its end", "inclusion", put("checkpoint", lambda n: n[:-1]), "checkpoint", "end otherwise"),
    Tampering(
        "hyphen for the dash",
        "inclusion",
        put("checkpoint", lambda n: n.replace("— ", "- ")),
        "checkpoint, signature line 1",
        "name base64",
    ),
    Tampering(
        "two spaces",
        "inclusion",
        put("checkpoint", lambda n: n.replace("— ", "—  ")),
        "checkpoint, signature line 1",
        "name base64",
    ),
    Tampering(
        "65 signatures",
        "inclusion",
        put("checkpoint", lambda n: n + n.split("\n\n")[1] * 64),
        "checkpoint",
        "end otherwise",
    ),
    Tampering(
        "line after the signatures",
        "inclusion",
        put("checkpoint", lambda n: n + "and more\n"),
        "checkpoint, signature line 2",
        "name base64",
    ),
    Tampering(
        "statement for a checkpoint",
        "inclusion",
        put("checkpoint", a_statement("consent-receipt/v1")),
        "checkpoint",
        "three lines",
    ),
    Tampering(
        "one witness of two",
        "inclusion",
        put("checkpoint", LOG.checkpoint(witnesses=1)),
        "checkpoint",
        "1 witnesses signed, 2 must",
        options(required=2),
    ),
    Tampering(
        "one witness twice",
        "inclusion",
        put("checkpoint", lambda _: LOG.checkpoint(witnesses=1) + LOG.checkpoint(witnesses=1).splitlines(True)[-1]),
        "checkpoint",
        "1 witnesses signed, 2 must",
        options(required=2),
    ),
    Tampering(
        "a witness's time moved",
        "inclusion",
        put("checkpoint", lambda _: _witness(lambda raw: raw[:4] + struct.pack(">Q", 1) + raw[12:])),
        "checkpoint, signature line 2",
        "does not hold",
        options(required=1),
    ),
    Tampering(
        "a witness's signature without a time",
        "inclusion",
        put("checkpoint", lambda _: _witness(lambda raw: raw[:4] + raw[12:])),
        "checkpoint, signature line 2",
        "does not hold",
        options(required=1),
    ),
    Tampering(
        "a witness that was not given",
        "inclusion",
        put("checkpoint", lambda n: str(Note.parse(n).signed(_stranger(Note.parse(n).text)))),
        "checkpoint",
        "0 witnesses signed, 1 must",
        options(required=1),
    ),
]


def _witness(change: Callable[[bytes], bytes]) -> str:
    *lines, last = LOG.checkpoint(witnesses=1).splitlines(keepends=True)
    head, _, encoded = last.rstrip().rpartition(" ")
    return "".join(lines) + f"{head} {b64(change(base64.b64decode(encoded)))}\n"


def _stranger(text: str) -> Any:
    return made.a_key(99, "witness.example.org/stranger", KeyType.COSIGNATURE).sign(text, at=1)


def _endorsement(
    signer: SigningKey = KEY, *, key: str | None = None, origin: str = ORIGIN, head: str | None = None
) -> Any:
    said: made.Json = {"type": "key-endorsement/v1", "at": AT, "origin": origin, "key": key or str(NEW_KEY.verifier)}
    note = sign(f"{head or signer.name}/statement\n{canonical.encode(said).decode()}\n", [signer])
    return put("endorsements.0.statement", str(note))


ROTATIONS = [
    Tampering("unendorsed rotation", "rotated", put("endorsements", []), "checkpoint", NONE_TRUSTED),
    Tampering("the endorsement of a stranger", "rotated", _endorsement(FOREIGN_KEY), "checkpoint", NONE_TRUSTED),
    Tampering("a key that endorses itself", "rotated", _endorsement(NEW_KEY), "checkpoint", NONE_TRUSTED),
    Tampering(
        "endorsement of another key",
        "rotated",
        _endorsement(key=str(FOREIGN_KEY.verifier)),
        "endorsements[0], event",
        "does not record",
    ),
    Tampering(
        "endorsement of a witness's key",
        "rotated",
        _endorsement(key=str(made.WITNESSES[0].verifier)),
        "endorsements[0]",
        "type 4",
    ),
    Tampering(
        "endorsement for another log",
        "rotated",
        _endorsement(origin="log.example.org/other"),
        "endorsements[0], statement",
        "for another log",
    ),
    Tampering(
        "endorsement from another log",
        "rotated",
        _endorsement(head="log.example.org/other"),
        "endorsements[0], statement",
        "the rest of the file of another",
    ),
    Tampering(
        "key renamed",
        "rotated",
        _endorsement(key=str(made.a_key(2, "log.example.org/x").verifier)),
        "endorsements[0], statement",
        "for another log",
    ),
    Tampering(
        "endorsement flipped",
        "rotated",
        put("endorsements.0.statement", signature_changed(lambda raw: bytes([raw[0] ^ 1]) + raw[1:])),
        "endorsements[0], statement, signature line 1",
        "does not hold",
    ),
    Tampering(
        "statement of another type",
        "rotated",
        put("endorsements.0.statement", a_statement("consent-receipt/v1")),
        "endorsements[0], statement",
        "another type",
    ),
    Tampering(
        "another event",
        "rotated",
        put("endorsements.0.event", ROTATED.event(7)),
        "endorsements[0], event",
        "does not record",
    ),
    Tampering(
        "its event withheld",
        "rotated",
        put("endorsements.0.event", ROTATED.event(8, body=False)),
        "endorsements[0], event",
        "does not record",
    ),
    Tampering(
        "its event not in the tree",
        "rotated",
        put("endorsements.0.event.proof.0", flip),
        "endorsements[0], event, proof",
        ANOTHER_ROOT,
    ),
    Tampering(
        "its event from another log",
        "rotated",
        put("endorsements.0.event", Log(key=NEW_KEY, endorsed_at=7).event(7)),
        "endorsements[0], event, proof",
        ANOTHER_ROOT,
    ),
    Tampering("the retired key signs on", "rotated", put("checkpoint", resigned(KEY)), "checkpoint", "replaced before"),
    Tampering(
        "a tree before the endorsement by the new key",
        "grown",
        put("old", resigned(NEW_KEY)),
        "old, checkpoint",
        "not yet endorsed",
    ),
    Tampering(
        "a tree that ends before the endorsement",
        "rotated",
        put("checkpoint", ROTATED.checkpoint(8)),
        "endorsements[0], event, index",
        "outside a tree",
    ),
    Tampering(
        "endorsement is no object", "rotated", put("endorsements.0", "x"), "endorsements[0]", "not a JSON object"
    ),
]
