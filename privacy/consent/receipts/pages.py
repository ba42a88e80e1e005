"""The receipt for people, as a PDF: what was agreed, on which words, how to withdraw, and how to verify it."""

from __future__ import annotations

from collections.abc import Iterator

from privacy import clock
from privacy.consent.acts import YESES
from privacy.consent.receipts import telling
from privacy.consent.receipts.facts import CitedText, Event, Processing, ReceiptFacts
from privacy.consent.receipts.states import EventState, EventType
from privacy.consent.receipts.words import Words
from privacy.pdf.blocks import Block, Heading, Paragraph, Style
from privacy.pdf.document import Document

#: Below a part, in points.
_GAP = 10.0


def receipt(facts: ReceiptFacts, words: Words, *, origin: str, index: int, base_url: str) -> bytes:
    """The document, without its proof. `origin` and `index` say where in which log its event stands."""
    title = words.titles[facts.act.kind]
    document = Document(
        title=title,
        subject=", ".join(words.of(one.purpose.names) for one in facts.processing),
        language=words.locale,
        at=facts.made_at,
        footer=words.phrase("footer", id=facts.receipt_id),
        pages=words.phrase("pages"),
    )
    return document.render(
        [*_blocks(facts, words, title), *_verifying(words, origin, index, base_url), *_notice(facts, words)]
    )


def _blocks(facts: ReceiptFacts, words: Words, title: str) -> Iterator[Block]:
    yield Paragraph(title, Style.TITLE, after=6)
    if facts.test:
        yield Paragraph(words.phrase("test"), Style.NOTE, after=6)
    *others, last = _facts(facts, words)
    for term, text in others:
        yield Paragraph(text, Style.TEXT, term=f"{term}:", after=2)
    yield Paragraph(last[1], Style.TEXT, term=f"{last[0]}:", after=_GAP)
    if facts.any_purpose:
        yield Paragraph(words.phrase("every_purpose"), Style.TEXT, after=0)
    for one in facts.processing:
        yield from _purpose(one, facts, words)
    yield from _agreed(facts, words)
    if len(facts.history) > 1:
        yield Heading(words.phrase("history"))
        for event in facts.history:
            yield Paragraph(_moment(event.at, facts) + " – " + _state(event, words), Style.FACT, after=1)
    yield Heading(words.phrase("withdrawal"))
    yield Paragraph(telling.withdrawal(facts, words), after=_GAP)
    yield Heading(words.phrase("rights_head"))
    listed = "; ".join(words.rights[article] for article in telling.rights(facts))
    yield Paragraph(f"{words.phrase('rights')} {listed}.")
    authority = facts.authority
    yield Paragraph(words.phrase("complaint", name=authority.name, address=authority.address, url=authority.url or ""))
    yield Paragraph(words.phrase("privacy_page", url=facts.privacy_url), after=_GAP)


def _facts(facts: ReceiptFacts, words: Words) -> Iterator[tuple[str, str]]:
    act = facts.act
    yield words.phrase("acted"), _state(act, words)
    yield words.phrase("person"), facts.subject_ref
    if facts.contact:
        yield words.phrase("contact"), ", ".join(facts.contact.values())
    if facts.mandate:
        yield words.phrase("mandate"), facts.mandate
    yield words.phrase("when"), _moment(act.at, facts)
    yield words.phrase("received"), _moment(act.received_at, facts)
    yield words.phrase("channel"), telling.channel(facts, words) or words.phrase("every_channel")
    yield words.phrase("where"), " · ".join(part for part in facts.source if part)
    last = facts.history[-1]
    if act.state is EventState.GIVEN and last.id == act.id:
        until = _moment(act.valid_until, facts) if act.valid_until else words.phrase("until_withdrawn")
        yield words.phrase("valid"), until
        if act.type is EventType.EXPLICIT_CONSENT:
            yield words.phrase("explicit"), "Art. 9(2)(a), 22(2)(c), 49(1)(a)"
    if last.id != act.id:
        yield words.phrase("now"), f"{_moment(last.at, facts)} – {_state(last, words)}"
    controllers = [party for party in facts.parties.values() if party.role == "controller"]
    yield words.phrase("controllers"), "; ".join(f"{party.name}, {party.address}" for party in controllers)
    yield words.phrase("dpo"), "; ".join(dict.fromkeys(party.contact for party in controllers))


def _purpose(one: Processing, facts: ReceiptFacts, words: Words) -> Iterator[Block]:
    purpose = one.purpose
    yield Heading(f"{words.phrase('purpose')}: {words.of(purpose.names)}")
    yield Paragraph(words.of(purpose.descriptions))
    yield _fact(words, "basis", words.bases[purpose.legal_basis])
    yield _fact(words, "data", ", ".join(telling.categories(one, facts, words)))
    names = [facts.parties[who].name for who in one.recipients]
    yield _fact(words, "recipients", ", ".join(names) or words.phrase("none"))
    yield _fact(words, "countries", ", ".join(one.countries))
    for who, safeguard in one.safeguards.items():
        yield _fact(words, "safeguard", f"{facts.parties[who].name}: {safeguard}")
    yield _fact(words, "retention", telling.retention(one, facts, words), after=_GAP)


def _fact(words: Words, term: str, text: str, after: float = 1) -> Paragraph:
    return Paragraph(text, Style.FACT, term=f"{words.phrase(term)}:", after=after)


def _agreed(facts: ReceiptFacts, words: Words) -> Iterator[Block]:
    if facts.wording is None and facts.act.kind not in YESES:
        return
    yield Heading(words.phrase("text"))
    if facts.wording is None:
        yield Paragraph(words.phrase("no_text"))
        return
    yield from _text(facts.wording, words)


def _text(cited: CitedText, words: Words) -> Iterator[Block]:
    for part in (cited.text or words.phrase("text_missing")).split("\n"):
        if part.strip():
            yield Paragraph(part)
    told = {
        "code": cited.code,
        "version": cited.version or "–",
        "locale": cited.locale or "–",
        "sha256": cited.sha256 or "–",
    }
    yield Paragraph(words.phrase("text_cited", **told), Style.SMALL, after=_GAP)


def _verifying(words: Words, origin: str, index: int, base_url: str) -> Iterator[Block]:
    keys = f"{base_url}/.well-known/privacy-keys.json"
    yield Heading(words.phrase("verify"))
    yield Paragraph(words.phrase("verify_text", origin=origin, index=str(index), keys=keys))
    yield Paragraph("python3 -I privacy_verify.py receipt.pdf --key KEY", Style.FACT)
    yield Paragraph(words.phrase("verify_changed"), after=_GAP)


def _notice(facts: ReceiptFacts, words: Words) -> Iterator[Block]:
    if facts.notice is not None and facts.notice.text:
        yield Heading(words.phrase("notice"))
        yield from _text(facts.notice, words)


def _state(event: Event, words: Words) -> str:
    state = words.states[event.state]
    return f"{state} ({event.no_effect})" if event.no_effect else state


def _moment(at: int, facts: ReceiptFacts) -> str:
    """By the clock of the jurisdiction, with its offset, so that it can't be misread."""
    local = clock.from_micros(at).astimezone(facts.programme.zone)
    offset = local.strftime("%z")
    return f"{local:%Y-%m-%d %H:%M:%S} (UTC{offset[:3]}:{offset[3:]})"
