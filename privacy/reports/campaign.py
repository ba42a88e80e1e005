"""The file of one campaign: that its list was checked, as of when, with which answers, signed by our log.

Nothing is kept of a list here: whoever asked shows the answer that it got. What is signed is over the whole list, so
that the list shown is compared with it row by row, and no address enters the report.
"""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from privacy import clock
from privacy.audit import service as audit
from privacy.audit.service import NotOurStatement
from privacy.authz.permissions import Permission
from privacy.consent import service as consent
from privacy.db import end_read
from privacy.errors import InvalidInput
from privacy.programme import service as programmes
from privacy.programme.service import LEGAL_BASES, Programme
from privacy.programme.types import Purpose
from privacy.reports.campaign_texts import ABOUT, TEXTS, TITLES
from privacy.reports.document import Document, Moment, Paragraph, TableOf, Value, Word
from privacy.reports.report import Context, Option, Report

_STATEMENT = "decision-batch/v1"


class _Receipt(msgspec.Struct):
    statement: str
    salt: str


class _Result(msgspec.Struct):
    allowed: bool
    reason: str | None = None


class _Answer(msgspec.Struct):
    """The answer to the check of a list, as far as it concerns us."""

    receipt: _Receipt
    results: list[_Result] = []


class _Question(msgspec.Struct):
    subjects: list[dict[str, str]]


def make(context: Context) -> Document:
    """The file of the campaign whose answer is shown. Raises `InvalidInput` where we have not signed it."""
    words = context.words
    answer = _read("answer", context.option("answer") or "", _Answer)
    question = context.option("asked")
    said = _statement(answer.receipt.statement)
    matches = None if _fits(said, answer.results) else False
    if question is not None:
        matches = _matches(said, answer, _read("asked", question, _Question))
    as_of = _micros(said["as_of"])
    programme = programmes.as_of(as_of) or context.programme
    end_read()
    purpose = programme.purposes.get(said["purpose"])
    channel = programme.channels.get(said["channel"] or "")
    told: dict[str, Value] = {
        "asked_by": said["asked_by"]["name"],
        "purpose": words.named(said["purpose"], purpose.names if purpose else None),
        "channel": words.named(channel.code, channel.names) if channel else said["channel"],
        "as_of_moment": Moment(as_of),
        "answered": Moment(_micros(said["at"])),
        "expires": Moment(_micros(said["expires_at"])),
        "count": said["count"],
        "allowed_count": said["allowed_count"],
        "root": said["root"],
        "statement": hashlib.sha256(answer.receipt.statement.encode()).hexdigest(),
        "genuine": True,
        "matches": matches,
        "programme_then": programme.number,
        "basis": Word(purpose.legal_basis, LEGAL_BASES[words.locale][purpose.legal_basis]) if purpose else None,
    }
    return Document(
        (
            words.facts("check", told, words.say("check")),
            Paragraph(words.say("how")),
            _reasons(answer.results, context),
            _wordings(programme, purpose, as_of, context),
        ),
        logged={"list": said["root"]},
        attached={"statement.txt": answer.receipt.statement},
    )


def _read(name: str, text: str, kind: type[Any]) -> Any:
    try:
        return msgspec.json.decode(text, type=kind)
    except msgspec.DecodeError as error:  # What was sent is not repeated: it names people.
        raise InvalidInput.of(name, "This is not such a file: give it as it was sent or received, as JSON.") from error


def _statement(note: str) -> Mapping[str, Any]:
    try:
        said = audit.read_statement(note)
    except NotOurStatement as error:
        raise InvalidInput.of("answer", "Its receipt was not signed by this log.") from error
    if said.get("type") != _STATEMENT:
        raise InvalidInput.of("answer", "Its receipt is not about a list.")
    return said


def _fits(said: Mapping[str, Any], results: Sequence[_Result]) -> bool:
    """Whether answers that were shown can be those that were signed, as far as their numbers tell."""
    if not results:
        return True
    return (len(results), sum(one.allowed for one in results)) == (said["count"], said["allowed_count"])


def _matches(said: Mapping[str, Any], answer: _Answer, question: _Question) -> bool:
    """Whether this list with these answers is what was signed."""
    if not len(question.subjects) == len(answer.results) == said["count"]:
        return False
    try:
        salt = base64.b64decode(answer.receipt.salt, validate=True)
    except ValueError:  # `binascii.Error` is one, and what is not ASCII is another.
        return False
    results = [{"allowed": one.allowed, "reason": one.reason} for one in answer.results]
    return bool(consent.list_root(salt, question.subjects, results) == said["root"])


def _reasons(results: Sequence[_Result], context: Context) -> TableOf:
    words = context.words
    counts = Counter((one.reason or "", one.allowed) for one in results)
    rows = [
        (words.word("reason", reason) if reason else None, allowed, count)
        for (reason, allowed), count in sorted(counts.items())
    ]
    columns = words.columns("reason:reason_head", "allowed", figures=("people",))
    return TableOf("reasons", columns, rows, words.say("reasons"), words.say("no_reasons"))


def _wordings(programme: Programme, purpose: Purpose | None, at: int, context: Context) -> TableOf:
    """What could be agreed to then, by the hash of each text."""
    words, on = context.words, context.day_of(at)
    found = [
        one for one in programme.wordings.values() if purpose and purpose.code in one.purposes and one.in_force(on)
    ]
    rows = [(one.code, one.version, locale, sha256) for one in found for locale, sha256 in sorted(one.digests.items())]
    columns = words.columns("wording", "version", "language", "sha256")
    return TableOf("wordings", columns, rows, words.say("wordings"))


def _micros(text: str) -> int:
    return clock.to_micros(datetime.fromisoformat(text))


REPORT = Report(
    name="campaign",
    permission=Permission.CONSENTS_READ,
    titles=TITLES,
    about=ABOUT,
    texts=TEXTS,
    make=make,
    options=(
        Option("answer", TEXTS["option_answer"], required=True, file=True),
        Option("asked", TEXTS["option_asked"], file=True),
    ),
    periodic=False,
)
