"""A notification on paper: the form as the authority reads it, and a page for the controller of what is missing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from privacy.breach.documents.checklist import REGISTER, Missing
from privacy.breach.documents.notification import Line, Notification
from privacy.legal_time import days
from privacy.pdf.blocks import Block, Heading, NewPage, Paragraph, Style
from privacy.pdf.document import Document

_RULE = "_" * 48


def pdf(notification: Notification, *, checklist: bool = True) -> bytes:
    """The form; then, where it lacks something, the checklist on a page of its own. The same day's is the same bytes.

    What is sent has no `checklist`.
    """
    words, account = notification.words, notification.account
    zone = notification.programme.zone
    day = days.day_of(notification.at, zone)
    document = Document(
        title=words.phrase("title"),
        subject=account.number,
        language=words.locale,
        at=days.end_of(day - days.ONE, zone),
        footer=words.phrase("footer", number=_marked(notification)),
        pages=words.phrases["pages"],
    )
    return document.render(
        [*_head(notification), *_form(notification), *(_checklist(notification) if checklist else ())]
    )


def _marked(notification: Notification) -> str:
    """The number; of a rehearsal with a mark that stands on every page."""
    account = notification.account
    mark = f"{notification.words.phrase('rehearsal_mark')} " if account.rehearsal else ""
    return f"{mark}{account.number}"


def _head(notification: Notification) -> Iterator[Block]:
    words, account = notification.words, notification.account
    authority = notification.programme.jurisdiction.authority
    yield Paragraph(words.phrase("title"), Style.TITLE, after=4)
    if account.rehearsal:
        yield Paragraph(words.phrase("rehearsal"), Style.HEADING, after=6)
    if account.test:
        yield Paragraph(words.phrase("test"), Style.NOTE, after=6)
    yield Paragraph(words.phrase("to", authority=f"{authority.name}, {authority.address}"), after=2)
    yield Paragraph(words.phrase("made_on", day=words.day(notification.at)), after=2)
    yield Paragraph(words.phrase("basis"), Style.NOTE, after=10)


def _form(notification: Notification) -> Iterator[Block]:
    words = notification.words
    for item, lines in notification.items():
        if lines:
            yield Heading(f"{item}. {words.sections[item]}")
            for line in lines:
                yield from _line(line, words.phrase("absent"))
            yield Paragraph("", after=6)
    yield Paragraph(_RULE, after=0)
    yield Paragraph(words.phrase("signature"), Style.SMALL)


def _line(line: Line, absent: str) -> Iterator[Block]:
    """A field; its text may have paragraphs of its own."""
    first, *more = (line.text or absent).splitlines() or [absent]
    yield Paragraph(first, term=f"{line.label}:", after=3)
    for text in more:
        if text.strip():
            yield Paragraph(text, after=3)


def _checklist(notification: Notification) -> Iterator[Block]:
    words, missing = notification.words, notification.missing
    if not missing:
        return
    yield NewPage()
    yield Heading(words.phrase("checklist"))
    yield Paragraph(words.phrase("checklist_note"), Style.NOTE, after=8)
    for phrase, now in (("checklist_now", True), ("checklist_later", False)):
        some = [one for one in missing if one.now is now]
        if some:
            yield Paragraph("", term=words.phrase(phrase), after=4)
            yield from _asked(notification, some)


def _asked(notification: Notification, missing: Sequence[Missing]) -> Iterator[Block]:
    words = notification.words
    for one in missing:
        path = one.path.removeprefix(f"{REGISTER}.")
        where = words.phrase("checklist_where", item=one.item, section=one.section, path=path, law=words.law(one.law))
        yield Paragraph(where, Style.FACT, term=f"• {words.labels[one.path]}:", after=3)
    yield Paragraph("", after=6)
