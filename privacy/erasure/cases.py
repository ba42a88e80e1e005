"""The case of an erasure: why it was done and what the person was told, under a key that outlives the person's."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID

from privacy import clock
from privacy.authz.actors import Realm
from privacy.crypto import keyring
from privacy.crypto.owner_keys import create_owner_key, load_owner_key
from privacy.db import session
from privacy.erasure import days
from privacy.erasure.certificate import authority_of, contact_of
from privacy.erasure.failures import ErasureNotFound, NoLetter
from privacy.erasure.models import Erasure, ErasureCase
from privacy.erasure.words import words
from privacy.outbox import service as outbox
from privacy.outbox.service import Message
from privacy.pdf.blocks import Block, Paragraph, Style
from privacy.pdf.document import Document
from privacy.programme.types import ErasureKeeps, Programme

_TABLE = "erasure_case"
#: Between two numbered entries of one line of a letter; a mail cannot have them on lines of their own.
_NUMBERED = re.compile(r" (?=\([0-9]+\) )")
_TEMPLATE = "erasure_letter"
#: The law gives a month to answer (Art. 12(3)); a letter that was not sent by then is not news any more.
_WORTH_SENDING = 30 * clock.DAY


@dataclass(frozen=True)
class LetterWanted:
    """How the person is told."""

    #: BCP 47.
    locale: str
    #: The e-mail address that the letter goes to; None leaves it to whoever prints it.
    to: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Letter:
    """The letter about an erasure."""

    #: BCP 47.
    locale: str
    subject: str
    body: str = field(repr=False)


def open_case(erasure: Erasure, *, cause: str, letter: LetterWanted | None, programme: Programme) -> None:
    """Keep the cause and the letter, in the open unit of work of the erasure, whose event covers them."""
    key = create_owner_key(session(), keyring.installed(), erasure.id)
    wanted = letter or LetterWanted(programme.jurisdiction.locales[0])
    message = _message(erasure, wanted.locale, programme)
    text = outbox.render(message)
    body = json.dumps({"locale": text.locale, "subject": text.subject, "body": text.body}, ensure_ascii=False)
    ends_on = days.last_day(ErasureKeeps.CASE, erasure.erased_at, programme)
    session().add(
        ErasureCase(
            erasure_id=erasure.id,
            cause_enc=key.seal(_TABLE, "cause_enc", erasure.id, cause.encode()),
            letter_enc=key.seal(_TABLE, "letter_enc", erasure.id, body.encode()),
            key_version=key.version,
            ends_at=days.end_of(ends_on, programme),
        )
    )
    if wanted.to is not None:
        outbox.enqueue(
            message,
            key=key,
            to=wanted.to,
            cause=erasure.id,
            not_after=erasure.erased_at + _WORTH_SENDING,
            realm=Realm(erasure.realm),
        )


def cause_of(erasure_id: UUID) -> str:
    """Why somebody was erased; raises `ErasureNotFound` once the case has ended."""
    row = _row(erasure_id)
    key = load_owner_key(session(), keyring.installed(), erasure_id, row.key_version)
    return key.open(_TABLE, "cause_enc", erasure_id, row.cause_enc).decode()


def letter_of(erasure_id: UUID) -> Letter:
    """What the person is told; raises `ErasureNotFound` once the case has ended, `NoLetter` where none was written."""
    row = _row(erasure_id)
    if row.letter_enc is None:
        raise NoLetter
    key = load_owner_key(session(), keyring.installed(), erasure_id, row.key_version)
    return Letter(**json.loads(key.open(_TABLE, "letter_enc", erasure_id, row.letter_enc)))


def letter_pdf(letter: Letter, erasure_id: UUID, *, at: int) -> bytes:
    """The letter on paper."""
    language = words([letter.locale])
    document = Document(
        title=letter.subject,
        subject=language.phrase("letter_title"),
        language=letter.locale,
        at=at,
        footer=language.phrase("footer", id=str(erasure_id)),
        pages=language.phrase("pages"),
    )
    return document.render([Paragraph(letter.subject, Style.TITLE, after=12), *_paragraphs(letter.body)])


def _paragraphs(body: str) -> Iterator[Block]:
    for part in body.strip().split("\n"):
        for line in _NUMBERED.split(part):
            if line.strip():
                yield Paragraph(line.strip(), after=7)


def _message(erasure: Erasure, locale: str, programme: Programme) -> Message:
    language = words([locale])
    remains = json.loads(erasure.account)["remains"]
    values = {
        "ERASED_ON": language.day(days.day_of(erasure.erased_at, programme)),
        "SHRED_BY": language.day(days.day_of(erasure.shred_by, programme)),
        "ERASURE": str(erasure.id),
        "REMAINS": " ".join(f"({n}) {language.remains(entry)}" for n, entry in enumerate(remains, 1)),
        "CONTACT": contact_of(programme),
        "AUTHORITY": authority_of(programme),
        "CONTROLLER": ", ".join(one.name for one in programme.controllers.values()),
    }
    return Message(_TEMPLATE, language.locale, values)


def _row(erasure_id: UUID) -> ErasureCase:
    row = session().get(ErasureCase, erasure_id)
    if row is None:
        raise ErasureNotFound
    return row
