"""The certificate of an erasure (protokół usunięcia danych): what went, what remains, signed and proven by the log.

It holds no personal data. The member `erasure` is, to the byte, what the event of the erasure commits to, so that
nobody can issue a certificate that says something else than the log.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from privacy import clock
from privacy.audit import service as audit
from privacy.audit.service import Place
from privacy.authz.actors import Realm
from privacy.db import end_read, session
from privacy.erasure.audited import erasure_content
from privacy.erasure.days import day_of
from privacy.erasure.failures import ErasureNotFound
from privacy.erasure.models import Erasure
from privacy.erasure.words import Words, words
from privacy.pdf.blocks import Block, Heading, Paragraph, Row, Style, Table
from privacy.pdf.document import Document
from privacy.programme import service as programmes
from privacy.programme.types import Programme

STATEMENT = "erasure-certificate/v1"
#: Seconds for which the event of a fresh erasure is waited for: it is published within one.
PATIENCE = 5.0
_OBJECT = "erasure"
_WIDTHS = (435.0, 80.0)


class Form(StrEnum):
    """The forms of a certificate, by media type."""

    JSON = "application/json"
    PDF = "application/pdf"


@dataclass(frozen=True)
class Certificate:
    """A certificate as it is handed out."""

    content: bytes
    form: Form
    #: BCP 47.
    language: str


@dataclass(frozen=True)
class ErasureView:
    """An erasure as staff see it."""

    id: UUID
    realm: str
    erased_at: int
    shred_by: int
    deleted: Mapping[str, int]
    remains: Sequence[Mapping[str, Any]]


def view(erasure_id: UUID, *, realm: Realm) -> ErasureView:
    """One erasure; raises `ErasureNotFound`, also for one of the other realm."""
    return _view(_row(erasure_id, realm))


def certificate_of(
    erasure_id: UUID,
    form: Form,
    *,
    realm: Realm,
    locales: Sequence[str] = (),
    base_url: str,
    patience: float = PATIENCE,
) -> Certificate:
    """The certificate, signed, with the proof that the log holds the event of the erasure; changes nothing.

    Raises `ErasureNotFound`, and `NotPublishedYet` where the log does not publish the event in time.
    """
    row = _row(erasure_id, realm)
    events = audit.events_about(_OBJECT, erasure_id)
    if not events:
        raise audit.EventNotFound
    programme = programmes.current()
    language = words([*locales, programme.jurisdiction.locales[0]])
    content, seen = erasure_content(row), _view(row)
    place = audit.place_of(events[0], seconds=patience)
    if form is Form.PDF:
        end_read()  # On SQLite an open read would keep every writer out while the document is laid out.
        drawn = _pdf(seen, programme, language, place, base_url)
        made = audit.proven_pdf(drawn, form.value, place, statement=STATEMENT)
        return Certificate(made, form, language.locale)
    document = {
        "format": STATEMENT,
        "title": language.phrase("title"),
        "language": language.locale,
        "erasure": content,
        "told": _told(seen, programme, language),
    }
    made = audit.proven_json(document, form.value, place, statement=STATEMENT)
    return Certificate(made, form, language.locale)


def _row(erasure_id: UUID, realm: Realm) -> Erasure:
    row = session().get(Erasure, erasure_id)
    if row is None or row.realm != realm.value:
        raise ErasureNotFound
    return row


def _view(row: Erasure) -> ErasureView:
    account = json.loads(row.account)
    return ErasureView(row.id, row.realm, row.erased_at, row.shred_by, account["deleted"], account["remains"])


def _told(seen: ErasureView, programme: Programme, language: Words) -> dict[str, Any]:
    """The same in words, for people."""
    return {
        "erased_at": clock.isoformat(seen.erased_at),
        "shred_by": clock.isoformat(seen.shred_by),
        "summary": language.phrase("summary"),
        "deleted": {language.table(table): rows for table, rows in seen.deleted.items()},
        "remains": [language.remains(entry) for entry in seen.remains],
        "controllers": [one.name for one in programme.controllers.values()],
        "rights": contest(programme, language),
    }


def contest(programme: Programme, language: Words) -> str:
    """Where the erasure is contested, and who takes complaints."""
    return language.phrase("contest", contact=contact_of(programme), authority=authority_of(programme))


def contact_of(programme: Programme) -> str:
    """Whom people write to: the data protection officer, or the first controller."""
    return programme.dpo.email if programme.dpo else next(iter(programme.controllers.values())).email


def authority_of(programme: Programme) -> str:
    """The supervisory authority, with its address."""
    authority = programme.jurisdiction.authority
    return f"{authority.name}, {authority.address}, {authority.url}"


def _pdf(seen: ErasureView, programme: Programme, language: Words, place: Place, base_url: str) -> bytes:
    document = Document(
        title=language.phrase("title"),
        subject=language.phrase("number") + f" {seen.id}",
        language=language.locale,
        at=seen.erased_at,
        footer=language.phrase("footer", id=str(seen.id)),
        pages=language.phrase("pages"),
    )
    return document.render([*_facts(seen, programme, language), *_ending(programme, language, place, base_url)])


def _facts(seen: ErasureView, programme: Programme, language: Words) -> Iterator[Block]:
    yield Paragraph(language.phrase("title"), Style.TITLE, after=8)
    if seen.realm == Realm.TEST:
        yield Paragraph(language.phrase("test"), Style.NOTE, after=6)
    yield Paragraph(str(seen.id), term=f"{language.phrase('number')}:", after=2)
    erased = clock.from_micros(seen.erased_at).astimezone(programme.zone)
    offset = erased.strftime("%z")
    yield Paragraph(
        f"{erased:%Y-%m-%d %H:%M:%S} (UTC{offset[:3]}:{offset[3:]})", term=f"{language.phrase('erased_at')}:", after=2
    )
    shred_by = language.day(day_of(seen.shred_by, programme))
    yield Paragraph(shred_by, term=f"{language.phrase('shred_by')}:", after=2)
    names = "; ".join(f"{one.name}, {one.address}" for one in programme.controllers.values())
    yield Paragraph(names, term=f"{language.phrase('controllers')}:", after=8)
    yield Paragraph(language.phrase("summary"), after=8)
    yield Heading(language.phrase("deleted"))
    if seen.deleted:
        rows = sorted((language.table(table), str(count)) for table, count in seen.deleted.items())
        heads = (language.phrase("head_table"), language.phrase("head_rows"))
        yield Table(heads, _WIDTHS, [Row(cells) for cells in rows])
    else:
        yield Paragraph(language.phrase("nothing"), after=8)
    yield Heading(language.phrase("remains"))
    for entry in seen.remains:
        what, _, rest = language.remains(entry).partition(": ")
        yield Paragraph(rest, Style.FACT, term=f"{what}:", after=3)


def _ending(programme: Programme, language: Words, place: Place, base_url: str) -> Iterator[Block]:
    yield Paragraph("", after=4)
    yield Heading(language.phrase("rights"))
    yield Paragraph(contest(programme, language), after=8)
    yield Heading(language.phrase("verify"))
    keys = f"{base_url}/.well-known/privacy-keys.json"
    yield Paragraph(language.phrase("verify_text", origin=place.origin, index=str(place.index), keys=keys))
    yield Paragraph("python3 -I privacy_verify.py certificate.pdf --key KEY", Style.FACT)
