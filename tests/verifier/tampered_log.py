"""Manipulations of events, of proofs, and of exported logs."""

from __future__ import annotations

import hashlib
from typing import Any

from privacy.audit import merkle
from privacy.audit.checkpoint import Checkpoint
from tests.verifier.made import FOREIGN_KEY, KEY, ORIGIN, OTHER_LOG, Log, an_id, b64
from tests.verifier.tampering import (
    ANOTHER_ROOT,
    FORK,
    LOG,
    NONE_TRUSTED,
    NOT_COMMITTED,
    Tampering,
    drop,
    drop_key,
    flip,
    head_changed,
    json_line,
    lines_changed,
    options,
    put,
    reroot,
    resigned,
    text,
)


def _leaf_as_node(evidence: Any) -> None:
    """Present the node above leaf 12 and a made-up sibling as a leaf: no prefix would let it pass."""
    evidence["event"]["proof"] = evidence["event"]["proof"][1:]
    evidence["event"]["index"] = evidence["event"]["index"] // 2


def _without_prefixes(size: int) -> bytes:
    level = [hashlib.sha256(leaf).digest() for leaf in LOG.encoded[:size]]
    while len(level) > 1:
        odd = level[-1:] if len(level) % 2 else []
        level = [hashlib.sha256(level[i] + level[i + 1]).digest() for i in range(0, len(level) - 1, 2)] + odd
    return level[0]


def _doubled(size: int) -> bytes:
    """The root as Bitcoin has it: an odd last node is paired with itself."""
    level = [merkle.leaf_hash(leaf) for leaf in LOG.encoded[:size]]
    while len(level) > 1:
        level += level[-1:] if len(level) % 2 else []
        level = [merkle.node_hash(level[i], level[i + 1]) for i in range(0, len(level), 2)]
    return level[0]


EVENTS = [
    *(
        Tampering(f"body: {name}", "inclusion", put(f"event.body.{name}", value), "event, body", NOT_COMMITTED)
        for name, value in {
            "at": "2026-11-21T09:00:01Z",
            "action": "consent.refused",
            "actor.id": an_id(901),
            "actor.kind": "staff",
            "subject": None,
            "object.id": an_id(999),
            "object.type": "act",
            "content_sha256": "0" * 64,
            "details.nr": 6,
        }.items()
    ),
    Tampering(
        "body: a detail more", "inclusion", put("event.body.details", {"nr": 5, "x": 1}), "event, body", NOT_COMMITTED
    ),
    Tampering("body: a detail less", "inclusion", put("event.body.details", {}), "event, body", NOT_COMMITTED),
    Tampering(
        "body: time without its zone",
        "inclusion",
        put("event.body.at", "2026-11-21T09:00:00"),
        "event, body",
        "'at' is not as",
    ),
    Tampering("body: of another version", "inclusion", put("event.body.v", 2), "event, body, id", "another version"),
    Tampering(
        "body: of another event", "inclusion", put("event.body.id", an_id(6)), "event, body, id", "another event"
    ),
    Tampering("body: a member more", "inclusion", lambda e: e["event"]["body"].update(more=1), "event, body", "'more'"),
    Tampering(
        "body: a member less", "inclusion", drop("event.body.subject"), "event, body", "lacks the member 'subject'"
    ),
    Tampering(
        "body of the next event", "inclusion", put("event.body", LOG.bodies[6]), "event, body, id", "another event"
    ),
    Tampering("salt flipped", "inclusion", put("event.salt", flip), "event, body", NOT_COMMITTED),
    Tampering("salt cut", "inclusion", put("event.salt", "AAAA"), "event, body, salt", "32 bytes"),
    Tampering(
        "salt in URL-safe base64", "inclusion", put("event.salt", "_" * 43 + "="), "event, body, salt", "not base64"
    ),
    Tampering(
        "salt with a line end", "inclusion", put("event.salt", lambda s: s + "\n"), "event, body, salt", "base64"
    ),
    Tampering("salt gone", "inclusion", drop("event.salt"), "event, body", "go together"),
    Tampering("body gone, salt left", "inclusion", drop("event.body"), "event, body", "go together"),
    Tampering("commitment flipped", "withheld", put("event.leaf.commitment", flip), "event, proof", ANOTHER_ROOT),
    Tampering("commitment cut", "withheld", put("event.leaf.commitment", "AAAA"), "event, leaf", "32 bytes"),
    Tampering(
        "commitment with loose bits",
        "withheld",
        put("event.leaf.commitment", "A" * 42 + "B="),
        "event, leaf",
        "canonical",
    ),
    Tampering("another event's id", "withheld", put("event.leaf.event_id", an_id(6)), "event, proof", ANOTHER_ROOT),
    Tampering(
        "id in capitals", "withheld", put("event.leaf.event_id", str.upper), "event, leaf", "'event_id' is not as"
    ),
    Tampering("leaf of version 2", "withheld", put("event.leaf.v", 2), "event, leaf", "another version"),
    Tampering("leaf of version true", "withheld", put("event.leaf.v", True), "event, leaf", "'v' is of another type"),
    Tampering("leaf with a member more", "withheld", lambda e: e["event"]["leaf"].update(x=1), "event, leaf", "'x'"),
    Tampering("leaf of the next event", "withheld", put("event.leaf", LOG.leaves[6]), "event, proof", ANOTHER_ROOT),
    Tampering("index one more", "withheld", put("event.index", 6), "event, proof", ANOTHER_ROOT),
    Tampering("index one less", "withheld", put("event.index", 4), "event, proof", ANOTHER_ROOT),
    Tampering("index negative", "withheld", put("event.index", -1), "event, index", "outside a tree"),
    Tampering("index = size", "withheld", put("event.index", 13), "event, index", "outside a tree"),
    Tampering("index beyond 2^53", "withheld", put("event.index", 2**63), "", "not below 2^53"),
    Tampering("index beyond any number", "withheld", text('"index":5', '"index":' + "9" * 5000), "", "not below 2^53"),
    Tampering("index true", "withheld", put("event.index", True), "event", "'index' is of another type"),
    Tampering("index as text", "withheld", put("event.index", "5"), "event", "'index' is of another type"),
    Tampering(
        "proof: a hash more",
        "withheld",
        lambda e: e["event"]["proof"].append(b64(bytes(32))),
        "event, proof",
        "more hashes",
    ),
    Tampering(
        "proof: the last missing", "withheld", lambda e: e["event"]["proof"].pop(), "event, proof", "fewer hashes"
    ),
    Tampering(
        "proof: the first missing", "withheld", lambda e: e["event"]["proof"].pop(0), "event, proof", "fewer hashes"
    ),
    Tampering("proof: reversed", "withheld", lambda e: e["event"]["proof"].reverse(), "event, proof", ANOTHER_ROOT),
    Tampering(
        "proof: two swapped",
        "withheld",
        lambda e: e["event"]["proof"].insert(0, e["event"]["proof"].pop(1)),
        "event, proof",
        ANOTHER_ROOT,
    ),
    Tampering(
        "proof: one doubled",
        "withheld",
        lambda e: e["event"]["proof"].insert(0, e["event"]["proof"][0]),
        "event, proof",
        "more hashes",
    ),
    *(
        Tampering(f"proof: hash {i} flipped", "withheld", put(f"event.proof.{i}", flip), "event, proof", ANOTHER_ROOT)
        for i in range(4)
    ),
    Tampering("proof: empty", "withheld", put("event.proof", []), "event, proof", "fewer hashes"),
    Tampering("proof: a short hash", "withheld", put("event.proof.0", "AAAA"), "event, proof, [0]", "32 bytes"),
    Tampering("proof: a long hash", "withheld", put("event.proof.1", b64(bytes(33))), "event, proof, [1]", "32 bytes"),
    Tampering("proof: a number", "withheld", put("event.proof.1", 7), "event, proof, [1]", "base64"),
    Tampering("proof: no list", "withheld", put("event.proof", {}), "event", "'proof' is of another type"),
    Tampering("a node for a leaf", "last", _leaf_as_node, "event, proof", "fewer hashes"),
    Tampering("tree without prefixes", "withheld", reroot(lambda: _without_prefixes(13)), "event, proof", ANOTHER_ROOT),
    Tampering(
        "odd leaf doubled (CVE-2012-2459)", "withheld", reroot(lambda: _doubled(13)), "event, proof", ANOTHER_ROOT
    ),
]

CONSISTENCY = [
    *(
        Tampering(
            f"consistency: hash {i} flipped",
            "consistency",
            put(f"proof.{i}", flip),
            "proof",
            "does not lead to the root",
        )
        for i in range(4)
    ),
    Tampering("perfect old tree: hash flipped", "power", put("proof.0", flip), "proof", "does not lead to the root"),
    Tampering("consistency: empty", "consistency", put("proof", []), "proof", "fewer hashes"),
    Tampering(
        "consistency: a hash more",
        "consistency",
        lambda e: e["proof"].append(b64(bytes(32))),
        "proof",
        "number of hashes",
    ),
    Tampering(
        "consistency: one in the middle more",
        "consistency",
        lambda e: e["proof"].insert(2, b64(bytes(32))),
        "proof",
        "number of hashes",
    ),
    Tampering("consistency: one missing", "consistency", lambda e: e["proof"].pop(), "proof", "number of hashes"),
    Tampering(
        "consistency: reversed", "consistency", lambda e: e["proof"].reverse(), "proof", "does not lead to the root"
    ),
    Tampering(
        "consistency: old and new changed places",
        "consistency",
        lambda e: e.update(old=e["checkpoint"], checkpoint=e["old"]),
        "old",
        "can't be proven to begin with",
    ),
    Tampering(
        "consistency: an old tree of another size",
        "consistency",
        put("old", LOG.checkpoint(7)),
        "proof",
        "number of hashes",
    ),
    *(
        Tampering(
            f"consistency: the old tree forked at {old}",
            "consistency",
            lambda e, old=old: e.update(LOG.consistency(old), old=FORK.checkpoint(old)),
            "proof",
            f"does not lead to the root of the tree of {old} leaves",
        )
        for old in (5, 6, 7, 9, 12, 13)
    ),
    Tampering(
        "consistency: the new tree forked",
        "consistency",
        put("checkpoint", FORK.checkpoint()),
        "proof",
        "of 13 leaves: a fork",
    ),
    Tampering(
        "consistency: a perfect old tree forked",
        "power",
        put("old", FORK.checkpoint(8)),
        "proof",
        "of 13 leaves: a fork",
    ),
    Tampering(
        "consistency: same size, a proof",
        "consistency",
        lambda e: e.update(old=e["checkpoint"]),
        "proof",
        "another number of hashes",
    ),
    Tampering(
        "consistency: an empty old tree",
        "consistency",
        put("old", str(Checkpoint(ORIGIN, 0, merkle.EMPTY_ROOT).signed(KEY))),
        "old",
        "can't be proven",
    ),
    Tampering(
        "consistency: the old one of a stranger",
        "consistency",
        put("old", resigned(FOREIGN_KEY)),
        "old, checkpoint",
        NONE_TRUSTED,
    ),
    Tampering(
        "consistency: the old one of another log",
        "consistency",
        put("old", resigned(OTHER_LOG, lambda t: t.replace("consent", "other"))),
        "old, checkpoint",
        "the rest of the file of another",
        options(KEY, OTHER_LOG),
    ),
]

LOGS = [
    Tampering(
        "log: the first leaf gone",
        "log",
        lines_changed("leaves.jsonl", lambda x: x.pop(0)),
        "leaves.jsonl",
        "12 leaves, the checkpoint has 13",
    ),
    Tampering(
        "log: a middle leaf gone", "log", lines_changed("leaves.jsonl", lambda x: x.pop(6)), "leaves.jsonl", "12 leaves"
    ),
    Tampering(
        "log: the last leaf gone", "log", lines_changed("leaves.jsonl", lambda x: x.pop()), "leaves.jsonl", "12 leaves"
    ),
    Tampering(
        "log: a leaf doubled",
        "log",
        lines_changed("leaves.jsonl", lambda x: x.insert(3, x[3])),
        "leaves.jsonl",
        "14 leaves",
    ),
    Tampering(
        "log: two leaves swapped",
        "log",
        lines_changed("leaves.jsonl", lambda x: x.insert(3, x.pop(4))),
        "leaves.jsonl",
        "root over all leaves",
    ),
    Tampering(
        "log: a leaf replaced",
        "log",
        lines_changed("leaves.jsonl", lambda x: x.__setitem__(4, x[3])),
        "bodies.jsonl line 4",
        "is of event",
    ),
    Tampering(
        "log: a leaf changed",
        "log",
        lines_changed("leaves.jsonl", lambda x: x.__setitem__(4, x[4].replace(b"0004", b"000f"))),
        "bodies.jsonl line 4",
        "is of event",
    ),
    Tampering(
        "log: a leaf with spaces",
        "log",
        lines_changed("leaves.jsonl", lambda x: x.__setitem__(4, x[4].replace(b":", b": ", 1))),
        "leaves.jsonl line 5",
        "not canonical JSON",
    ),
    Tampering(
        "log: a leaf with CRLF",
        "log",
        lines_changed("leaves.jsonl", lambda x: x.__setitem__(4, x[4].replace(b"\n", b"\r\n"))),
        "leaves.jsonl line 5",
        "not canonical JSON",
    ),
    Tampering(
        "log: an empty line",
        "log",
        lines_changed("leaves.jsonl", lambda x: x.insert(4, b"\n")),
        "leaves.jsonl line 5",
        "not canonical JSON",
    ),
    Tampering(
        "log: no last line end",
        "log",
        lambda f: f.update({"leaves.jsonl": f["leaves.jsonl"][:-1]}),
        "leaves.jsonl",
        "does not end with a line end",
    ),
    Tampering(
        "log: another tree, rewritten whole",
        "log",
        lambda f: f.update({"leaves.jsonl": FORK.export()["leaves.jsonl"]}),
        "leaves.jsonl",
        "root over all leaves",
    ),
    Tampering(
        "log: rewritten and signed by a stranger",
        "log",
        lambda f: f.update(Log(key=FOREIGN_KEY).export()),
        "log.json, checkpoint",
        NONE_TRUSTED,
    ),
    Tampering(
        "log: head of another size",
        "log",
        head_changed(lambda h: h.update(size=12)),
        "log.json",
        "not the checkpoint's",
    ),
    Tampering(
        "log: head of another origin",
        "log",
        head_changed(lambda h: h.update(origin="x")),
        "log.json",
        "not the checkpoint's",
    ),
    Tampering(
        "log: head of another format",
        "log",
        head_changed(lambda h: h.update(format="x")),
        "log.json",
        "'format' is not as",
    ),
    Tampering(
        "log: an older checkpoint",
        "log",
        head_changed(lambda h: h.update(checkpoint=LOG.checkpoint(12), size=12)),
        "leaves.jsonl",
        "13 leaves, the checkpoint has 12",
    ),
    Tampering("log: no leaves", "log", drop_key("leaves.jsonl"), "leaves.jsonl", "lacks leaves.jsonl"),
    Tampering(
        "log: a body changed",
        "log",
        json_line("bodies.jsonl", 5, lambda b: b["body"].update(action="x.y")),
        "bodies.jsonl line 6",
        NOT_COMMITTED,
    ),
    Tampering(
        "log: a body's salt changed",
        "log",
        json_line("bodies.jsonl", 5, lambda b: b.update(salt=flip(b["salt"]))),
        "bodies.jsonl line 6",
        NOT_COMMITTED,
    ),
    Tampering(
        "log: two bodies swapped",
        "log",
        lines_changed("bodies.jsonl", lambda x: x.insert(3, x.pop(4))),
        "bodies.jsonl line 5",
        "after that of the line before",
    ),
    Tampering(
        "log: a body twice",
        "log",
        lines_changed("bodies.jsonl", lambda x: x.insert(3, x[3])),
        "bodies.jsonl line 5",
        "after that of the line before",
    ),
    Tampering(
        "log: a body of nowhere",
        "log",
        json_line("bodies.jsonl", 5, lambda b: b.update(event_id=an_id(77))),
        "bodies.jsonl line 6",
        "after that of the line before",
    ),
    Tampering(
        "log: bodies exchanged",
        "log",
        json_line("bodies.jsonl", 5, lambda b: b.update(body=LOG.bodies[2])),
        "bodies.jsonl line 6, id",
        "another event",
    ),
]
