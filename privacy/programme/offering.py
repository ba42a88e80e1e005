"""The texts to show to whoever is asked for a consent today: the wording, the notice beside it, in which language."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from privacy.programme.texts import NoticeVersion, TextVersion, WordingVersion
from privacy.programme.types import Programme

_Text = TypeVar("_Text", bound=TextVersion)


@dataclass(frozen=True)
class Offer:
    """A wording as it is shown, and the notice that belongs to it; None where the programme has none."""

    wording: WordingVersion
    #: BCP 47, of the text that is shown.
    locale: str
    notice: NoticeVersion | None
    notice_locale: str | None

    @property
    def text(self) -> str:
        """The exact text that is agreed to."""
        return self.wording.text(self.locale)

    @property
    def sha256(self) -> str:
        """Of that text, as an act cites it."""
        return self.wording.sha256(self.locale)

    @property
    def notice_text(self) -> str | None:
        """The exact information (Art. 13)."""
        return self.notice.text(self.notice_locale) if self.notice and self.notice_locale else None

    @property
    def shown(self) -> str:
        """What was shown, in one line: a form carries it, so that nobody agrees to what a later text says."""
        notice = (self.notice.code, self.notice.version, self.notice_locale) if self.notice else ()
        return "|".join(str(part) for part in (self.wording.code, self.wording.version, self.sha256, *notice))


def offer_of(programme: Programme, purpose: str, on: date, locales: Sequence[str]) -> Offer | None:
    """What to show for a purpose on that day; None where no text of it is in force, so that nothing can be agreed to.

    The text that speaks of the fewest purposes, since a consent is to be specific (GDPR recital 43); of such the
    newest. The notice of the same code goes before others. `locales`: the dearest first, then the programme's own.
    """
    spoken = (*locales, *programme.jurisdiction.locales)
    wordings = [one for one in programme.wordings.values() if one.historical is None and one.texts]
    wording = _most_specific(wordings, purpose, on)
    if wording is None:
        return None
    beside = [one for one in programme.notices.values() if one.texts]
    same = [one for one in beside if one.code == wording.code]
    notice = _most_specific(same, purpose, on) or _most_specific(beside, purpose, on)
    return Offer(wording, _spoken(wording, spoken), notice, _spoken(notice, spoken) if notice else None)


def _most_specific(texts: Iterable[_Text], purpose: str, on: date) -> _Text | None:
    meant = [one for one in texts if purpose in one.purposes and one.in_force(on)]
    return min(meant, key=lambda one: (len(one.purposes), -one.valid_from.toordinal(), one.code), default=None)


def _spoken(text: TextVersion, locales: Sequence[str]) -> str:
    return next((one for one in locales if one in text.texts), next(iter(text.texts)))
