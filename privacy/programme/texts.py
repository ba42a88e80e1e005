"""Published texts by version and locale: consent wordings (Art. 4(11), 7), information notices (Art. 13, 14)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


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
    #: The exact text by BCP 47 locale.
    texts: Mapping[str, str]

    def in_force(self, on: date) -> bool:
        """Whether the text could be shown on that day."""
        return self.valid_from <= on and (self.valid_until is None or on <= self.valid_until)

    def sha256(self, locale: str) -> str:
        """SHA-256, in hexadecimal, of the exact text in UTF-8. A locale that the text lacks raises KeyError."""
        return hashlib.sha256(self.texts[locale].encode()).hexdigest()


@dataclass(frozen=True)
class WordingVersion(TextVersion):
    """The words that a person agrees to."""

    #: Versions of the same wording whose consents no longer count after `fresh_consent_after`.
    supersedes: tuple[str, ...] = ()
    #: The last day, inclusive, on which a consent under a superseded version still counts.
    fresh_consent_after: date | None = None


@dataclass(frozen=True)
class NoticeVersion(TextVersion):
    """The information that a person is given (Art. 13 and 14)."""
