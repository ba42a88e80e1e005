"""How the parties of the programme are named in reports: controllers, processors, recipients, and where data go."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from privacy.programme.service import EEA, Programme
from privacy.reports.words import Words


def contact(*parts: str | None) -> str:
    """A name and how to reach it, what is not there left out."""
    return ", ".join(part for part in parts if part)


def controllers(programme: Programme, codes: Iterable[str]) -> tuple[str, ...]:
    """The names of controllers."""
    return tuple(programme.controllers[code].name for code in codes)


def in_words(said: Mapping[str, str] | None, words: Words) -> str | None:
    """What the programme says by locale, or once for all."""
    return words.named("", said).text if said else None


def outside(country: str) -> bool:
    """Whether data that go there are transferred to a third country (Art. 44)."""
    return country not in EEA
