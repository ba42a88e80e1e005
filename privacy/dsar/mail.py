"""Read an e-mail as a request: who seems to have sent it, what they say, what hangs on it (RFC 5322, 2045).

The sender's address is a claim and never proof: anybody may write any sender. Attachments are listed and not opened.
A mail that was recorded before is known again by its `Message-ID` (RFC 5322, 3.6.4) and its words, or by all of it.
"""

from __future__ import annotations

import contextlib
import hashlib
import mailbox
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import EmailPolicy
from email.utils import parseaddr, parsedate_to_datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, cast

import sqlalchemy as sa

from privacy import clock
from privacy.authz.actors import Actor
from privacy.crypto import blind_index, keyring
from privacy.db import INTEGRITY_ERRORS, session
from privacy.dsar.intake import Received, receive
from privacy.dsar.matter import Matter, Named
from privacy.dsar.models import DataSubjectRequest
from privacy.dsar.vocabulary import CaseType, Intake
from privacy.errors import InvalidInput

#: A mail with photographs; more than that is no letter.
_LARGEST = 25 * 1024 * 1024
_LONGEST_WORDS = 18_000
_LONGEST_NAME = 300
_MOST_ATTACHMENTS = 50
#: The time of reading a header grows with the square of its length: a longer one says nothing that is read.
_LONGEST_HEADER = 8_192
_ADDRESS = re.compile(r"[^@\s<>]{1,64}@[^@\s<>]{1,255}")
_BLANK = re.compile(r"\n{3,}")


@dataclass(frozen=True)
class Mail:
    """An e-mail, as far as a request needs it."""

    #: As it says itself; None where it names none.
    sender: str | None = field(repr=False)
    name: str | None = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)
    #: Names of the files, as they are called in it.
    attachments: tuple[str, ...] = field(repr=False)
    #: When our own server took it, in microseconds; None where no header says so.
    received_at: int | None
    #: The same for the same mail wherever it was stored, and for no other.
    told_by: bytes = field(repr=False)


@dataclass(frozen=True)
class Recorded:
    """The request of a mail."""

    request: DataSubjectRequest = field(repr=False)
    #: Whether an earlier run recorded it.
    known: bool


def mails_at(path: Path) -> Iterator[tuple[str, bytes]]:
    """Every mail of an .eml file, an mbox file, or a folder of these: where it lies, and its bytes.

    Raises `InvalidInput` for what is none of these, or too large.
    """
    if path.is_dir():
        files = sorted(one for one in path.iterdir() if one.is_file() and not one.name.startswith("."))
        for file in files:
            yield from mails_at(file)
        return
    if path.suffix.lower() == ".eml":
        if path.stat().st_size > _LARGEST:
            raise InvalidInput.of("path", "A mail is larger than 25 MiB.")
        yield path.name, path.read_bytes()
        return
    with path.open("rb") as opened:
        if opened.read(5) != b"From ":
            raise InvalidInput.of("path", "Give .eml files, an mbox file, or a folder of these.")
    box = mailbox.mbox(path, create=False)
    try:
        for place in box.iterkeys():
            with box.get_file(place) as opened:
                content = opened.read(_LARGEST + 1)
            if len(content) > _LARGEST:
                raise InvalidInput.of("path", "A mail is larger than 25 MiB.")
            yield f"{path.name}#{place}", content
    finally:
        box.close()


def read_mail(content: bytes) -> Mail:
    """A mail out of its bytes; whatever is wrong in it, the rest is read.

    Raises `InvalidInput` where its parts lie so deep in one another that nobody wrote it to be read.
    """
    try:
        return _read(content)
    except RecursionError:
        raise InvalidInput.of("mail", "Its parts are nested too deep; open a request by hand for it.") from None


def _read(content: bytes) -> Mail:
    message = cast(EmailMessage, BytesParser(EmailMessage, policy=_BOUNDED).parsebytes(content))
    name, sender = parseaddr(_header(message, "From"))
    subject, text = _line(_header(message, "Subject")), _text(message)
    # Whoever learned the name of another's mail must not keep it out by sending one of that name first.
    named = _line(_header(message, "Message-ID"))
    parts = [named, sender, subject, text] if named else [_stored(content)]
    return Mail(
        sender=sender if _ADDRESS.fullmatch(sender) else None,
        name=_line(name)[:_LONGEST_NAME] or None,
        subject=subject,
        text=text,
        attachments=tuple(_attachments(message)),
        received_at=_received_at(message),
        told_by=hashlib.sha256("\0".join(parts).encode()).digest(),
    )


def record(mail: Mail, case_type: CaseType, *, locale: str | None, controller: str | None, actor: Actor) -> Recorded:
    """Record the request that a mail is, in the open unit of work, once for each right that is asked in it.

    Raises `InvalidInput` where it names nobody, and what `receive` does.
    """
    told_by = f"mail {actor.realm.value} {case_type.value} ".encode() + mail.told_by
    index = blind_index.of_repeat(keyring.installed(), told_by)
    query = sa.select(DataSubjectRequest).where(DataSubjectRequest.mail_bidx == index)
    known = session().scalar(query)
    if known is not None:
        return Recorded(known, known=True)
    received = request_of(mail, case_type, locale=locale, controller=controller)
    try:
        with session().begin_nested():
            row = receive(received, actor=actor)
            row.mail_bidx = index
    except INTEGRITY_ERRORS:
        known = session().scalar(query)
        if known is None:
            raise
        return Recorded(known, known=True)  # Another import recorded it between our look and our insert.
    return Recorded(row, known=False)


def request_of(mail: Mail, case_type: CaseType, *, locale: str | None, controller: str | None) -> Received:
    """The request that a mail is. Raises `InvalidInput` where it names nobody."""
    if mail.sender is None:
        raise InvalidInput.of("from", "The mail names no sender that could be answered.")
    parts = [mail.subject, mail.text]
    if mail.attachments:
        parts.append("[" + ", ".join(mail.attachments) + "]")
    words = "\n\n".join(part for part in parts if part)[:_LONGEST_WORDS]
    return Received(
        case_type,
        Intake.EMAIL,
        Matter(named=(Named("email", mail.sender),), name=mail.name, words=words or None),
        locale=locale,
        controller=controller,
        received_at=mail.received_at,
    )


def _stored(content: bytes) -> str:
    """The bytes of a mail, but for what differs between a file of its own and an mbox: line ends, blank last lines."""
    return content.replace(b"\r\n", b"\n").strip(b"\n").decode("latin-1")


class _Bounded(EmailPolicy):
    """Headers as they are read otherwise, but for those that are made to keep the reader busy: they are empty."""

    def header_fetch_parse(self, name: str, value: Any) -> Any:
        """The header, read when somebody asks for it."""
        if len(value) > _LONGEST_HEADER:
            return super().header_fetch_parse(name, "")
        try:
            return super().header_fetch_parse(name, value)
        except RecursionError:
            return super().header_fetch_parse(name, "")


_BOUNDED = _Bounded()


def _header(message: EmailMessage, name: str) -> str:
    """The first header of that name; empty where there is none, or none that the library can read."""
    try:
        return str(message.get(name, ""))
    except (ValueError, LookupError, AttributeError, TypeError):
        return ""


def _text(message: EmailMessage) -> str:
    try:
        body = message.get_body(("plain", "html"))
        content = body.get_content() if body is not None else ""
    except (LookupError, UnicodeError, ValueError):
        return ""  # An encoding that nobody knows; a person reads the mail itself.
    if body is not None and body.get_content_type() == "text/html":
        reader = _Words()
        with contextlib.suppress(AssertionError):  # How the parser gives up; what it read until then is kept.
            reader.feed(content)
        content = "".join(reader.words)
    return _BLANK.sub("\n\n", _clean(content)).strip()


def _attachments(message: EmailMessage) -> Iterator[str]:
    for part in list(message.iter_attachments())[:_MOST_ATTACHMENTS]:
        yield _line(part.get_filename() or part.get_content_type())[:_LONGEST_NAME]


def _received_at(message: EmailMessage) -> int | None:
    """From the uppermost `Received`, which our own server wrote last. The sender's own date is the sender's word."""
    _, _, stamp = _header(message, "Received").rpartition(";")
    try:
        at = clock.to_micros(parsedate_to_datetime(stamp.strip()))
    except (ValueError, OverflowError):
        return None
    return at if 0 < at <= clock.micros() else None


def _line(text: str) -> str:
    return " ".join(_clean(text).split())


def _clean(text: str) -> str:
    """Without what no letter has: control characters, and halves of characters."""
    kept = text.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "replace").decode("utf-8")
    return "".join(one if one == "\n" or one.isprintable() else " " for one in kept)


class _Words(HTMLParser):
    """The words of a page; nothing of it is shown or run."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Lines end where a paragraph does; what is for machines is left out."""
        del attrs
        if tag in {"script", "style", "head"}:
            self._hidden += 1
        elif tag in {"br", "p", "div", "li", "tr", "h1", "h2", "h3"}:
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        """What was hidden ends."""
        if tag in {"script", "style", "head"} and self._hidden:
            self._hidden -= 1

    def handle_data(self, data: str) -> None:
        """What is to be read."""
        if not self._hidden:
            self.words.append(data)
