"""Published texts by version and locale: consent wordings (Art. 4(11), 7), information notices (Art. 13, 14)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from privacy.programme.errors import NoText
from privacy.programme.historical import Historical, Scan


@dataclass(frozen=True)
class TextVersion:
    """One version of a text and the days on which it may be shown. Once applied it is never edited."""

    code: str
    version: str
    valid_from: date
    #: The last day, inclusive; None while it is open.
    valid_until: date | None
    #: Codes of the purposes that the text speaks of.
    purposes: frozenset[str]
    #: The exact text by BCP 47 locale. Read it by `text`: of an old wording there may be but one, or only a scan.
    texts: Mapping[str, str]

    def in_force(self, on: date) -> bool:
        """Whether the text could be shown on that day."""
        return self.valid_from <= on and (self.valid_until is None or on <= self.valid_until)

    def text(self, locale: str) -> str:
        """The exact text in that locale; raises `NoText`, which says what there is instead."""
        if (found := self.texts.get(locale)) is None:
            raise NoText.beside(self.texts)
        return found

    def sha256(self, locale: str) -> str:
        """SHA-256, in hexadecimal, of the exact text in UTF-8; raises `NoText`."""
        return hashlib.sha256(self.text(locale).encode()).hexdigest()

    @cached_property
    def digests(self) -> Mapping[str, str]:
        """SHA-256 of each text by its locale."""
        return {locale: self.sha256(locale) for locale in self.texts}


@dataclass(frozen=True)
class WordingVersion(TextVersion):
    """The words that a person agrees to."""

    #: Versions of the same wording whose consents no longer count after `fresh_consent_after`.
    supersedes: tuple[str, ...] = ()
    #: The last day, inclusive, on which a consent under a superseded version still counts.
    fresh_consent_after: date | None = None
    #: Who vouches for it, where it was shown before this service knew of it; None for a text published here.
    historical: Historical | None = None

    @property
    def scan(self) -> Scan | None:
        """The scan of a historical wording, where there is one."""
        return self.historical.scan if self.historical else None

    def proves(self, text_sha256: str) -> bool:
        """Whether that is the hash of one of its texts or of its scan."""
        return text_sha256 in self.digests.values() or (self.scan is not None and text_sha256 == self.scan.sha256)

    def digest(self, locale: str) -> str | None:
        """What an act cites as the text that was shown: the hash of the text in that locale, else of the scan."""
        return self.digests.get(locale) or (self.scan.sha256 if self.scan else None)


@dataclass(frozen=True)
class NoticeVersion(TextVersion):
    """The information that a person is given (Art. 13 and 14)."""
