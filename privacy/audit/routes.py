"""The log over HTTP: tiles and checkpoints for everybody, evidence files for whoever has the scope `audit:read`."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

import flask
import msgspec
from flask import Response, request

from privacy.audit import keys, mirror, policy
from privacy.audit.evidence import checkpoint_facts, consistency_proof, event_at, inclusion_proof
from privacy.audit.proofs import newest_checkpoint
from privacy.audit.schemas import (
    CheckpointOut,
    ConsistencyOf,
    ConsistencyProofOut,
    InclusionOf,
    InclusionProofOut,
)
from privacy.authz.actors import Realm
from privacy.authz.permissions import Permission
from privacy.errors import InvalidInput
from privacy.http.auth import current_actor, public, require
from privacy.http.blueprint import Blueprint

log = flask.Blueprint("log", __name__)
audit = Blueprint("audit", __name__, url_prefix="/api/v1/audit", description="The log.")

#: A checkpoint is new every half second at most; what a tile's address says never changes.
_SHORT, _FOREVER = "public, max-age=2", "public, max-age=31536000, immutable"
_OCTETS = "application/octet-stream"
_VERIFIER = Path(__file__).with_name("privacy_verify.py")


@log.get("/log/checkpoint")
@public
def checkpoint() -> Response:
    """The newest checkpoint, with the cosignatures that are required (C2SP tlog-tiles)."""
    return _published(newest_checkpoint().note, "text/plain; charset=utf-8", _SHORT)


@log.get("/log/tile/<path:place>")
@public
def tile(place: str) -> Response:
    """Hashes of the tree, or leaves (C2SP tlog-tiles); nothing beyond the newest checkpoint."""
    return _published(mirror.tile(place, newest_checkpoint().size), _OCTETS, _FOREVER)


@log.get("/.well-known/privacy-keys.json")
@public
def known_keys() -> Response:
    """The keys of the log with their endorsements: a place to look up what to pin, and no proof."""
    known = keys.log_keys()
    current = max(number for number, key in enumerate(known) if not number or key.index is not None)
    told = [
        {
            "key": str(key.verifier),
            "state": "current" if number == current else "retired" if number < current else "next",
            "from_size": key.index + 1 if number and key.index is not None else None if number else 0,
            "endorsement": key.endorsement,
        }
        for number, key in enumerate(known)
    ]
    witnesses = [str(witness.key) for witness in policy.installed().witnesses]
    content = {"origin": keys.origin(), "keys": told, "witnesses": witnesses, "verifier_sha256": _verifier_sha256()}
    return _published(msgspec.json.encode(content), "application/json", _SHORT)


@audit.get("/checkpoint")
@require(Permission.AUDIT_READ)
@audit.answers(200, CheckpointOut)
@audit.problems(404, 409)
def newest() -> CheckpointOut:
    """The newest checkpoint: what `/log/checkpoint` says, as JSON."""
    return CheckpointOut(**checkpoint_facts())


@audit.get("/proofs/inclusion")
@require(Permission.AUDIT_READ)
@audit.arguments(InclusionOf, location="query")  # type: ignore[untyped-decorator]  # flask-smorest ships no types
@audit.answers(200, InclusionProofOut)
@audit.problems(404, 409)
def inclusion(asked: dict[str, Any]) -> InclusionProofOut:
    """An evidence file that an event stands in the log. A fresh event is waited for, up to five seconds.

    The file verifies with `privacy-verify` as it is. It says what the event says, unless that was erased, or the key
    is a test key.
    """
    _ensure_once()
    if ("event_id" in asked) == ("index" in asked):
        raise InvalidInput.of("event_id", "Name the event by event_id or by index, by one of them.")
    event_id = asked["event_id"] if "event_id" in asked else event_at(asked["index"])
    # A test key sees nothing of what is real, and the log has one history for both.
    disclosed = current_actor().realm is Realm.LIVE
    found = inclusion_proof(event_id, size=asked.get("tree_size"), disclosed=disclosed)
    return msgspec.convert(found, InclusionProofOut)


@audit.get("/proofs/consistency")
@require(Permission.AUDIT_READ)
@audit.arguments(ConsistencyOf, location="query")  # type: ignore[untyped-decorator]  # flask-smorest ships no types
@audit.answers(200, ConsistencyProofOut)
@audit.problems(404, 409)
def consistency(asked: dict[str, Any]) -> ConsistencyProofOut:
    """An evidence file that a newer state of the log begins with an older one: nothing before was changed."""
    _ensure_once()
    return msgspec.convert(consistency_proof(asked["old"], asked.get("new")), ConsistencyProofOut)


def _ensure_once() -> None:
    """Refuse a parameter that is given twice: two readers could take another of the two."""
    for name, values in request.args.lists():
        if len(values) > 1:
            raise InvalidInput.of(name, "Give it once.")


def _published(content: str | bytes, media_type: str, caching: str) -> Response:
    headers = {"Cache-Control": caching, "Cross-Origin-Resource-Policy": "cross-origin"}
    return Response(content, content_type=media_type, headers=headers)


@cache
def _verifier_sha256() -> str:
    """As docs/verifying.md publishes it: without the first line, which an installation writes."""
    return hashlib.sha256(_VERIFIER.read_bytes().partition(b"\n")[2]).hexdigest()
