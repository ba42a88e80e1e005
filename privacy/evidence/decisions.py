"""Signed decisions that somebody presents: they go into a bundle only if this service signed them, about this person.

Whoever presents one has it already, so it may name the person as the asker did; nobody else's comes in this way.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from privacy.audit import service as audit
from privacy.authz.actors import Actor
from privacy.crypto import canonical
from privacy.errors import InvalidInput
from privacy.evidence.account import Account
from privacy.evidence.failures import ForeignDecision
from privacy.programme.service import Programme
from privacy.subjects import service as subjects


class Decision(msgspec.Struct, forbid_unknown_fields=True):
    """The receipt of a check, with the subject exactly as it was asked about."""

    statement: str
    salt: str
    subject: dict[str, str]


class DecisionRow(msgspec.Struct, forbid_unknown_fields=True):
    """One row of a batch, as `privacy-verify --extract-row` makes it; it names nobody."""

    format: str
    kind: str
    statement: str
    row: dict[str, Any]
    row_salt: str
    proof: list[str]


def checked(
    presented: Sequence[Mapping[str, Any]], account: Account, *, actor: Actor, programme: Programme
) -> list[dict[str, Any]]:
    """The decisions as they go into `decisions.jsonl`. Raises `ForeignDecision` naming the one that may not."""
    found = []
    for number, one in enumerate(presented):
        try:
            if "row" in one:
                _ensure_row(msgspec.convert(one, DecisionRow))
            else:
                _ensure_decision(msgspec.convert(one, Decision), account, actor, programme)
        except (msgspec.ValidationError, InvalidInput, KeyError, TypeError, ValueError):
            raise ForeignDecision.of(
                f"decisions[{number}]",
                "Give the receipt of a check of this service with `statement`, `salt` and the `subject` as it was "
                "asked, which must be this person; or the file of one row of a list.",
            ) from None
        found.append(dict(one))
    return found


def _ensure_decision(one: Decision, account: Account, actor: Actor, programme: Programme) -> None:
    said = audit.read_statement(one.statement)
    about = hmac.digest(base64.b64decode(one.salt, validate=True), canonical.encode(one.subject), hashlib.sha256)
    if said["type"] != "decision/v1" or said["about"] != base64.b64encode(about).decode():
        raise ForeignDecision
    # The asker's own reference is no one else's; a person is known here by the identifiers beside it.
    named = {name: value for name, value in one.subject.items() if name != "ref"}
    naming = subjects.name_of(programme, actor, named or one.subject)
    found = subjects.find_ids(naming)
    if not set(found) & set(account.members) and (found or account.known):
        raise ForeignDecision


def _ensure_row(one: DecisionRow) -> None:
    said = audit.read_statement(one.statement)
    if said["type"] != "decision-batch/v1" or (one.format, one.kind) != ("privacy-evidence/v1", "decision-row"):
        raise ForeignDecision
    if set(one.row) != {"about", "allowed", "i", "reason"} or len(base64.b64decode(one.row_salt, validate=True)) != 32:
        raise ForeignDecision
    audit.ensure_row_is_in(said["root"], one.row, one.row["i"], said["count"], one.proof)
