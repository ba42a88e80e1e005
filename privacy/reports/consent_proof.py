"""The proof of one person's consents (Art. 7(1)): acts, the texts that were seen, their places in the log.

Whoever makes it says why, by a word of a closed list, which stands in the log among the person's own events.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from privacy import clock
from privacy.authz.permissions import Permission
from privacy.consent.service import ActKind
from privacy.db import end_read
from privacy.errors import InvalidInput
from privacy.evidence import service as evidence
from privacy.evidence.service import Account, Texts
from privacy.reports.consent_proof_texts import ABOUT, TEXTS, TITLES
from privacy.reports.document import Document, Heading, Layout, Moment, Paragraph, Part, TableOf, Value, Word
from privacy.reports.report import Context, Option, Report
from privacy.subjects.service import Naming

#: Seconds for which an event of a moment ago is waited for.
_PATIENCE = 10.0
_REFERENCE = re.compile(r"[\w./ -]{1,64}")
_WHY = ("authority", "complaint", "request", "court", "audit")


def make(context: Context) -> Document:
    """The proof. Raises `NotFound`, `SeveralPeople`, `NotPublishedYet`, `PersonChanges`."""
    words = context.words
    reason, reference = context.option("reason") or "", context.option("reference")
    if reference and not _REFERENCE.fullmatch(reference):
        raise InvalidInput.of("reference", "Up to 64 letters, figures, spaces and the signs . / -")
    naming = Naming(context.actor.realm, ref=_subject(context.option("subject") or ""))
    account = evidence.read_account(naming, actor=context.actor, programme=context.programme, seconds=_PATIENCE)
    texts = Texts(context.programme)
    acts = evidence.readable_acts(account, texts)
    end_read()
    checkpoint = account.proven.checkpoint
    told: dict[str, Value] = {
        "subject": str(account.members[0]),
        "members": tuple(map(str, account.members[1:])),
        "reason": Word(reason, words.say(f"why.{reason}")),
        "reference": reference,
        "log": account.origin,
        "size": checkpoint.size,
        "root": base64.b64encode(checkpoint.root).decode(),
        "count": len(acts),
        "erased": account.unreadable,
    }
    columns = words.columns(
        *("act", "id", "kind", "purpose", "channel", "claimed_at", "received_at", "wording", "wording_sha256"),
        *("notice", "source", "proof:proof_head", "effects", "event", "receipt"),
    )
    rows = [tuple(_act(act, context)) for act in acts]
    return Document(
        (
            words.facts("person", told, words.say("person")),
            TableOf("acts", columns, rows, words.say("acts"), words.say("no_acts"), Layout.ENTRIES),
            Paragraph(words.say("receipts"), quiet=True),
            Paragraph(words.say("verify")),
            *_shown(account, acts, texts, context),
        ),
        subject_id=account.members[0],
        logged={"reason": reason, **({"reference": reference} if reference else {})},
        attached={"evidence.json": _evidence(account)},
    )


def _subject(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise InvalidInput.of("subject", "Give the id of the person, as their file shows it.") from None


def _act(act: Mapping[str, Any], context: Context) -> Iterator[Value]:
    words, programme = context.words, context.programme
    told = evidence.summary_words(words.locale)
    purpose, channel = programme.purposes.get(act["purpose"]), programme.channels.get(act["channel"])
    kind = told.acts.get(act["act"], act["act"])
    named = words.named(act["purpose"], purpose.names if purpose else None)
    spoken = words.named(act["channel"], channel.names if channel else None)
    yield f"{kind}: {named.text}, {spoken.text}"
    yield act["id"]
    yield Word(act["act"], kind)
    yield named
    yield spoken
    yield _moment(act["claimed_at"])
    yield _moment(act["received_at"])
    yield _cited(act["wording"])
    yield act["wording"]["sha256"] if act["wording"] else None
    yield _cited(act["notice"])
    yield " / ".join(str(part) for part in act["source"].values() if part)
    yield words.word("proof", act["proof"])
    yield _effects(act, context)
    yield act["event_index"]
    given = act["act"] in {ActKind.GIVE.value, ActKind.CONFIRM.value}
    yield f"/api/v1/consents/{act['id']}/receipt" if given else None


def _effects(act: Mapping[str, Any], context: Context) -> tuple[Value, ...]:
    locale = context.words.locale
    if act["no_effect"]:
        return (Word(act["no_effect"], evidence.reason_in(locale, act["no_effect"])),)
    return tuple(Word(effect, evidence.effect_in(locale, effect)) for effect in act["effects"])


def _cited(cited: Mapping[str, Any] | None) -> str | None:
    if cited is None:
        return None
    return " ".join(str(part) for part in (cited["code"], cited["version"], cited["locale"]) if part)


def _moment(text: str | None) -> Value:
    """An instant; what somebody altered into none is shown as it stands."""
    try:
        return None if text is None else Moment(clock.to_micros(datetime.fromisoformat(text)))
    except ValueError:
        return text


def _shown(account: Account, acts: Sequence[Mapping[str, Any]], texts: Texts, context: Context) -> Iterator[Part]:
    """Each text that an act cites, whole, under what cites it and its hash."""
    cited = [one for act in acts for one in (act["wording"], act["notice"]) if one and one["file"]]
    named = {one["file"]: f"{_cited(one)}, SHA-256 {one['sha256']}" for one in cited}
    shown = texts.cited_by(account)
    if shown:
        yield Heading(context.words.say("texts"))
    for path, text in shown.items():
        yield Paragraph(named[path], quiet=True)
        yield from (Paragraph(line) for line in text.decode().split("\n") if line.strip())


def _evidence(account: Account) -> str:
    """The events with their proofs, the content of each act, and the checkpoint that all of it is proven to."""
    told = {
        "checkpoint": account.proven.checkpoint.note,
        "endorsements": list(account.proven.endorsements),
        "events": list(account.events),
        "objects": list(account.objects),
    }
    return json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


REPORT = Report(
    name="consent_proof",
    permission=Permission.SUBJECTS_SEARCH,
    titles=TITLES,
    about=ABOUT,
    texts=TEXTS,
    make=make,
    options=(
        Option("subject", TEXTS["option_subject"], required=True),
        Option("reason", TEXTS["option_reason"], required=True, choices={why: TEXTS[f"why.{why}"] for why in _WHY}),
        Option("reference", TEXTS["option_reference"]),
    ),
    periodic=False,
)
