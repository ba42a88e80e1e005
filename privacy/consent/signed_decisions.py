"""Signed decisions: whoever asked can prove that it did, what was answered and when (docs/evidence.md).

Nothing is kept of them here: the asker keeps what it wants to show. Whom a decision is about is a salted commitment,
so that a statement says it to nobody who isn't told the salt.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from collections.abc import Mapping, Sequence
from typing import Any

from privacy import clock
from privacy.audit import service as audit
from privacy.authz.actors import Actor
from privacy.authz.permissions import Permission
from privacy.consent.checking import CheckOut
from privacy.crypto import canonical
from privacy.db import Driver
from privacy.programme.types import Purpose
from privacy.subjects import service as subjects

_SALT_BYTES = 32
#: A list is answered at one moment and used later, and a withdrawal binds at once (Art. 7(3)): so long may whoever
#: hands it to its sender take before it must ask again.
LIST_VALID_FOR = 15 * 60 * clock.SECOND

Subject = Mapping[str, str]


def receipt(signer: audit.Signer, out: CheckOut, subject: Subject, *, actor: Actor, driver: Driver) -> dict[str, str]:
    """The receipt for one answer; `subject` is the person exactly as the question named it.

    Raises `LogNotOpened` where there is no key to sign with.
    """
    salt = os.urandom(_SALT_BYTES)
    payload = {
        "type": "decision/v1",
        **_asked(actor, out.purpose, out.channel, out.as_of),
        "about": _text(_commitment(salt, subject)),
        "subject_ref": _reference(out, actor),
        "allowed": out.decision.allowed,
        "reason": None if actor.partner else out.decision.reason.value,
    }
    if out.at is not None:
        payload["asked_at"] = clock.moment(out.at)
    return {"statement": signer.sign(payload, driver), "salt": _text(salt)}


def list_receipt(
    signer: audit.Signer,
    subjects_asked: Sequence[Subject],
    results: Sequence[Mapping[str, Any]],
    *,
    purpose: Purpose,
    channel: str | None,
    as_of: int,
    actor: Actor,
    driver: Driver,
) -> dict[str, str]:
    """The receipt for a whole list: one statement over the root of a tree whose leaves are the rows, in order.

    `results` are the answers as they are given. Raises `LogNotOpened` where there is no key to sign with.
    """
    salt = os.urandom(_SALT_BYTES)
    payload = {
        "type": "decision-batch/v1",
        **_asked(actor, purpose, channel, as_of),
        "count": len(results),
        "allowed_count": sum(result["allowed"] for result in results),
        "expires_at": clock.moment(as_of + LIST_VALID_FOR),
        "root": list_root(salt, subjects_asked, results),
    }
    return {"statement": signer.sign(payload, driver), "salt": _text(salt)}


def list_root(salt: bytes, subjects_asked: Sequence[Subject], results: Sequence[Mapping[str, Any]]) -> str:
    """What the receipt of a list is signed over, as base64: the list as it was asked, with each answer, in order.

    So whoever kept the list, its answers and the salt of the receipt shows that they are those.
    """
    tree = audit.Frontier()
    for number, (subject, result) in enumerate(zip(subjects_asked, results, strict=True)):
        about = _text(_commitment(hmac.digest(salt, b"row:%d" % number, hashlib.sha256), subject))
        row = {"about": about, "allowed": result["allowed"], "i": number, "reason": result.get("reason")}
        tree.append(audit.leaf_hash(canonical.encode(row)))
    return _text(tree.root())


def _asked(actor: Actor, purpose: Purpose, channel: str | None, as_of: int) -> dict[str, Any]:
    return {
        "at": clock.moment(clock.micros()),
        "as_of": clock.moment(as_of),
        "asked_by": {"id": str(actor.id), "name": actor.name},
        "purpose": purpose.code,
        "channel": channel,
    }


def _reference(out: CheckOut, actor: Actor) -> str | None:
    """The asker's reference, for those who may look people up: others are not told who is known."""
    if actor.partner or not out.about or Permission.SUBJECTS_READ not in actor.permissions:
        return None
    return subjects.hide_subject(actor, out.subject_id)


def _commitment(salt: bytes, subject: Subject) -> bytes:
    return hmac.digest(salt, canonical.encode(dict(subject)), hashlib.sha256)


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
