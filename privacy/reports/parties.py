"""How the parties of the programme are named in reports: controllers, processors, recipients, and where data go."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from privacy.programme.service import EEA, Programme
from privacy.programme.types import Controller
from privacy.reports.words import Words


def contact(*parts: str | None) -> str:
    """A name and how to reach it, what is not there left out."""
    return ", ".join(part for part in parts if part)


def controller(found: Controller) -> str:
    """A controller with its contact details (Art. 30(1)(a))."""
    return contact(found.name, found.address, found.email, found.phone)


def controllers(programme: Programme, codes: Iterable[str]) -> tuple[str, ...]:
    """The names of controllers."""
    return tuple(programme.controllers[code].name for code in codes)


def dpo(programme: Programme, codes: Iterable[str]) -> str | None:
    """The data protection officer of one of these controllers; None where they have none."""
    found = programme.dpo
    if found is None or set(codes).isdisjoint(found.controllers):
        return None
    return contact(found.name, found.email, found.phone, found.address)


def in_words(said: Mapping[str, str] | None, words: Words) -> str | None:
    """What the programme says by locale, or once for all."""
    return words.named("", said).text if said else None


def outside(country: str) -> bool:
    """Whether data that go there are transferred to a third country (Art. 44)."""
    return country not in EEA


def transfer(name: str, country: str, safeguard: Mapping[str, str] | None, words: Words) -> str:
    """Who gets data in which country, and by which safeguard."""
    told = in_words(safeguard, words) or words.say("no_safeguard")
    return f"{name} ({words.country(country).text}): {told}"
