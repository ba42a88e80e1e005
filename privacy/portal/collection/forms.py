"""What a form shows on a day: the programme's wordings and notice of that day, in one language. Knows no Flask."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from privacy.crypto import canonical
from privacy.errors import NotFound
from privacy.programme.types import (
    AskedPurpose,
    CollectionKind,
    CollectionPoint,
    ContactKind,
    Controller,
    LegalBasis,
    Programme,
    Purpose,
    PurposeClass,
    Setting,
    TextVersion,
)


class NoSuchForm(NotFound):
    """There is no such form, or none of its texts is in force today."""

    code = "no-such-form"


@dataclass(frozen=True)
class ShownText:
    """A published text as somebody sees it."""

    code: str
    version: str
    locale: str
    #: SHA-256 of the exact text in UTF-8, in hexadecimal.
    sha256: str
    text: str = field(repr=False)

    @property
    def paragraphs(self) -> list[str]:
        """The text in its paragraphs; only blank lines between them are left out."""
        return [line for line in self.text.split("\n") if line.strip()]


@dataclass(frozen=True)
class AskedChannel:
    """One box: a purpose on one channel, or a purpose that contacts nobody."""

    #: None for a purpose that contacts nobody.
    code: str | None
    #: In the language of the form; empty for a purpose that contacts nobody.
    name: str
    contact: ContactKind | None
    #: Whether a yes waits for the code of a message.
    confirmed: bool


@dataclass(frozen=True)
class ShownPurpose:
    """A purpose with the words that somebody would agree to."""

    purpose: Purpose
    name: str
    description: str
    channels: tuple[AskedChannel, ...]
    wording: ShownText
    #: Whether a browser's Global Privacy Control says no to it: what sells, shares or tracks.
    told_by_signal: bool


@dataclass(frozen=True)
class ShownForm:
    """All that a form shows."""

    point: CollectionPoint
    locale: str
    controllers: tuple[Controller, ...]
    purposes: tuple[ShownPurpose, ...]
    notice: ShownText

    @property
    def contacts(self) -> tuple[ContactKind, ...]:
        """The kinds of contact that it needs for some answer; an e-mail address where none of its channels says."""
        kinds = {channel.contact for _, channel in self.boxes()} - {None}
        return tuple(kind for kind in ContactKind if kind in kinds) or (ContactKind.EMAIL,)

    @property
    def asks_age(self) -> bool:
        """Whether somebody's age matters to any of the consents."""
        return any(one.purpose.minimum_age is not None for one in self.purposes)

    @property
    def setting(self) -> Setting:
        """By which rules an age is judged."""
        return Setting.OFFLINE if self.point.kiosk else Setting.ONLINE

    @property
    def is_preference_centre(self) -> bool:
        """Whether each question takes a yes or a no."""
        return self.point.kind is CollectionKind.PREFERENCE_CENTRE

    @property
    def wordings(self) -> list[tuple[ShownText, list[ShownPurpose]]]:
        """Each wording once, with the purposes that are asked under it."""
        codes = dict.fromkeys(one.wording.code for one in self.purposes)
        grouped = {code: [one for one in self.purposes if one.wording.code == code] for code in codes}
        return [(ones[0].wording, ones) for ones in grouped.values()]

    @property
    def confirms(self) -> bool:
        """Whether any answer waits for a code."""
        return any(channel.confirmed for _, channel in self.boxes())

    @property
    def digest(self) -> str:
        """What was shown, in one hash: the texts' own hashes, and the boxes beside them."""
        boxes = [[one.purpose.code, channel.code or ""] for one, channel in self.boxes()]
        texts = [
            [text.code, text.version, text.sha256] for text in (*(one.wording for one in self.purposes), self.notice)
        ]
        return canonical.sha256({"boxes": boxes, "texts": texts, "locale": self.locale})

    def boxes(self) -> Iterator[tuple[ShownPurpose, AskedChannel]]:
        """Every box in the order of the form."""
        return ((one, channel) for one in self.purposes for channel in one.channels)


def shown(programme: Programme, code: str, locale: str, on: date) -> ShownForm:
    """The form of a collection point in a language; raises `NoSuchForm`.

    A purpose whose wording is not in force that day is left out; without the notice there is no form (Art. 13).
    """
    point = programme.collection_points.get(code)
    notice = programme.notice_in_force(point.notice, on) if point else None
    if point is None or notice is None:
        raise NoSuchForm("There is no such form.")
    purposes = tuple(found for asked in point.purposes if (found := _purpose(programme, point, asked, locale, on)))
    if not purposes:
        raise NoSuchForm("There is no such form.")
    codes = dict.fromkeys(controller for one in purposes for controller in one.purpose.controllers)
    controllers = tuple(programme.controllers[controller] for controller in codes)
    return ShownForm(point, locale, controllers, purposes, _text(programme, notice, locale))


def _purpose(
    programme: Programme, point: CollectionPoint, asked: AskedPurpose, locale: str, on: date
) -> ShownPurpose | None:
    purpose, wording = programme.purpose(asked.purpose), programme.wording_in_force(asked.wording, on)
    if wording is None or purpose.code not in wording.purposes or purpose.legal_basis is not LegalBasis.CONSENT:
        return None
    language = _spoken(programme, locale)
    return ShownPurpose(
        purpose=purpose,
        name=purpose.names[language],
        description=purpose.descriptions[language],
        channels=tuple(_channel(programme, point, purpose, code, language) for code in asked.channels)
        or (AskedChannel(None, "", None, confirmed=False),),
        wording=_text(programme, wording, locale),
        told_by_signal=purpose.purpose_class is PurposeClass.MARKETING
        and (bool(purpose.recipients) or not purpose.channels),
    )


def _channel(programme: Programme, point: CollectionPoint, purpose: Purpose, code: str, language: str) -> AskedChannel:
    channel = programme.channel(code)
    by_mail = channel.contact_kind is ContactKind.EMAIL
    confirmed = by_mail and (purpose.double_opt_in or point.confirm_email)
    return AskedChannel(code, channel.names[language], channel.contact_kind, confirmed)


def _text(programme: Programme, version: TextVersion, locale: str) -> ShownText:
    language = locale if locale in version.texts else _spoken(programme, locale)
    return ShownText(version.code, version.version, language, version.sha256(language), version.text(language))


def _spoken(programme: Programme, locale: str) -> str:
    """The programme's own language where it has not that of the reader."""
    return locale if locale in programme.jurisdiction.locales else programme.jurisdiction.locales[0]
