"""The words of certificates and letters, in every language that they come in. Tables and codes as people call them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from privacy.erasure.texts import EN, HR, PL


@dataclass(frozen=True)
class Words:
    """One language."""

    #: BCP 47.
    locale: str
    texts: Mapping[str, str]

    def phrase(self, name: str, **values: str) -> str:
        """A phrase with its values."""
        return self.texts[name].format(**values)

    def table(self, name: str) -> str:
        """What a table holds, as people call it; a room's own name for one that has no words yet."""
        return self.texts.get(f"table.{name}", name)

    def day(self, day: date | str) -> str:
        """A day as the language writes it."""
        found = date.fromisoformat(day) if isinstance(day, str) else day
        return self.texts["day"].format(day=found.day, month=found.month, year=found.year)

    def remains(self, entry: Mapping[str, Any]) -> str:
        """One line about what remains: what, why, and until when."""
        code = str(entry["what"])
        until = self._until(code, entry.get("until"))
        count = f" ({entry['count']})" if "count" in entry else ""
        basis = f" {self.phrase('basis', basis=entry['basis'])}" if "basis" in entry else ""
        return f"{self.texts[f'what.{code}']}{count}: {self.texts[f'why.{code}']} {until}{basis}"

    def _until(self, code: str, day: str | None) -> str:
        if day is not None:
            return self.phrase("until", day=self.day(day))
        return self.phrase("while_others" if code == "shared_contacts" else "for_good")


_WORDS = {locale: Words(locale, texts) for locale, texts in {"pl": PL, "en": EN, "hr": HR}.items()}


def words(locales: Sequence[str]) -> Words:
    """The words of the first locale that there are any of; English where there are none."""
    for locale in locales:
        for name in (locale, locale.partition("-")[0].lower()):
            if name in _WORDS:
                return _WORDS[name]
    return _WORDS["en"]
