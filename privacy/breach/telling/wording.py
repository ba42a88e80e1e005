"""What affected persons are told (Art. 34(2), 33(3)(b) to (d)): the officer's words, and what follows from the facts.

The officer says what happened, what may follow and what was done, in each language and in plain words. Which data they
are, what a person can do about them and whom to ask follows from what is known, so that it is never left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from msgspec import Meta, Struct

from privacy import clock, spoken
from privacy.breach import option_texts_en, option_texts_hr, option_texts_pl, register
from privacy.breach.facts import Timing
from privacy.breach.models import PersonalDataBreach
from privacy.breach.options import DataKind, Impact
from privacy.breach.telling import wording_en, wording_hr, wording_pl
from privacy.breach.telling.advice import Advice, advice_for
from privacy.outbox import service as outbox
from privacy.outbox.service import Letterhead, Message
from privacy.programme.types import Controller, Programme

LETTER, POINTER = "breach_letter", "breach_pointer_sms"
#: Of one part in words.
_LONGEST = 6_000
_UNSAID = {DataKind.OTHER, DataKind.TO_BE_DETERMINED}

_OPTIONS: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "pl": option_texts_pl.OPTIONS,
    "en": option_texts_en.OPTIONS,
    "hr": option_texts_hr.OPTIONS,
}
Words = Annotated[str, Meta(max_length=_LONGEST)]


class OwnWords(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What the officer says in one language; a line break begins a paragraph."""

    happened: Words = ""
    consequences: Words = ""
    #: What was done and will be done, also to mitigate the effects.
    measures: Words = ""
    #: What people can do, beside what is always said about such data.
    advice: Words = ""
    #: Which data, where their kinds do not say it.
    data: Words = ""


@dataclass(frozen=True)
class Section:
    """One part of what is told."""

    #: `happened`, `data`, ...
    name: str
    heading: str
    paragraphs: tuple[str, ...] = field(repr=False)


class Wording:
    """What is told of one breach in one language."""

    def __init__(self, breach: PersonalDataBreach, own: OwnWords, locale: str, programme: Programme) -> None:
        self._breach, self._own, self._programme = breach, own, programme
        self._facts = register.facts_of(breach)
        language = _language(locale)
        #: BCP 47: the language in which it is.
        self.locale = language.LOCALE
        self._phrases: Mapping[str, str] = language.PHRASES
        self._advice: Mapping[Advice, str] = language.ADVICE
        self._options = _OPTIONS[language.LOCALE]
        self.controller: Controller = programme.controllers.get(breach.controller) or next(
            iter(programme.controllers.values())
        )

    def sections(self) -> list[Section]:
        """The parts that Art. 34(2) asks for, in their order; what is not known is left out."""
        found = {
            "happened": [*_paragraphs(self._own.happened), *self._when(self._facts.timing)],
            "data": self._data(),
            "consequences": [*self._impacts(), *_paragraphs(self._own.consequences)],
            "measures": _paragraphs(self._own.measures),
            "advice": [*_paragraphs(self._own.advice), *self._steps()],
            "contact": [self._contact()],
        }
        return [Section(name, self._phrases[name], tuple(said)) for name, said in found.items() if said]

    def missing(self) -> list[str]:
        """The parts without which nobody may be told, by their names."""
        there = {section.name for section in self.sections()}
        own = {"happened": self._own.happened, "measures": self._own.measures}
        return [
            name
            for name in ("happened", "data", "consequences", "measures")
            if name not in there or not own.get(name, "-").strip()
        ]

    def letter(self, *, guardian: bool = False) -> Message:
        """The letter; `guardian`: to whoever acts for a child."""
        values: dict[str, outbox.Value] = {
            "MARK": f"[{self._phrases['rehearsal']}] " if self._breach.rehearsal else "",
            "NUMBER": self._breach.number,
            "OPENING": self._phrases["opening"],
            "GUARDIAN": [*self._marked(), *([self._phrases["guardian"]] if guardian else [])],
            "SECTIONS": [text for one in self.sections() for text in (one.heading, *one.paragraphs)],
            "CONTROLLER": self.controller.name,
        }
        return Message(LETTER, self.locale, values)

    def pointer(self, page_url: str | None) -> Message:
        """The text message that points to a page, or to the letter on paper."""
        where = page_url or self._phrases["where.letter"]
        values = {"NUMBER": self._breach.number, "WHERE": where, "CONTROLLER": self.controller.name}
        return Message(POINTER, self.locale, values)

    def head(self, at: int) -> Letterhead:
        """What stands on paper beside the text."""
        sender = (self.controller.name, self.controller.address)
        return Letterhead(sender, self._breach.number, self.day(at))

    def phrase(self, name: str, /, **values: object) -> str:
        """A phrase of the language with its values."""
        return spoken.filled(self._phrases[name], **values)

    @property
    def pages(self) -> str:
        """How pages are numbered: "page {} of {}"."""
        return self._phrases["pages"]

    def day(self, at: int) -> str:
        """The day of a moment, as the language writes it."""
        return spoken.day(clock.from_micros(at).astimezone(self._programme.zone).date(), self.locale)

    def _marked(self) -> list[str]:
        return [self._phrases["rehearsal.line"]] if self._breach.rehearsal else []

    def _when(self, timing: Timing) -> list[str]:
        name = "range" if timing.end is not None else (timing.when.value if timing.when is not None else "point")
        if timing.start is None or f"when.{name}" not in self._phrases:
            return []
        told = {part: self._moment(at, timing) for part, at in (("start", timing.start), ("end", timing.end)) if at}
        return [self.phrase(f"when.{name}", **told)]

    def _moment(self, at: Any, timing: Timing) -> str:
        here = at.astimezone(self._programme.zone)
        return (
            spoken.day(here.date(), self.locale)
            if timing.days_only
            else spoken.moment(here.replace(second=0), self.locale)
        )

    def _data(self) -> list[str]:
        named = [self._options["DataKind"][kind.value] for kind in self._facts.data.kinds if kind not in _UNSAID]
        return [*([spoken.ended(_capital(", ".join(named)))] if named else []), *_paragraphs(self._own.data)]

    def _impacts(self) -> list[str]:
        kinds = [one for one in self._facts.effects.impacts if one not in {Impact.OTHER, Impact.NONE}]
        named = [self._options["Impact"][one.value] for one in kinds]
        return [spoken.ended(_capital(", ".join(named)))] if named else []

    def _steps(self) -> list[str]:
        return [f"– {self._advice[one]}" for one in advice_for(self._facts.data.kinds)]

    def _contact(self) -> str:
        dpo, controller, number = self._programme.dpo, self.controller, self._breach.number
        if dpo is not None and controller.code in dpo.controllers:
            return self.phrase("dpo", name=dpo.name, reach=_reach(dpo.email, dpo.phone), number=number)
        reach = _reach(controller.email, controller.phone)
        return self.phrase("controller", name=controller.name, address=controller.address, reach=reach, number=number)


def wordings(breach: PersonalDataBreach, own: Mapping[str, OwnWords], programme: Programme) -> Mapping[str, Wording]:
    """What is told, by locale of the programme: in each language for which the officer has written."""
    return {locale: Wording(breach, said, locale, programme) for locale, said in own.items()}


def nearest(made: Mapping[str, Wording], locale: str | None, programme: Programme) -> Wording:
    """The one that somebody is told in: of their language where there is one, else of the programme's first."""
    first = next((one for one in programme.jurisdiction.locales if one in made), next(iter(made)))
    wanted = locale or first
    alike = (one for one in made if _spoken(one) == _spoken(wanted))
    return made[wanted if wanted in made else next(alike, first)]


def _language(locale: str) -> Any:
    modules = {module.LOCALE: module for module in (wording_pl, wording_en, wording_hr)}
    return modules.get(_spoken(locale), wording_en)


def _spoken(locale: str) -> str:
    return locale.partition("-")[0].lower()


def _paragraphs(text: str) -> list[str]:
    """Lines of a text as paragraphs; what is no printable sign becomes a blank."""
    lines = ("".join(sign if sign.isprintable() else " " for sign in line) for line in text.splitlines())
    return [" ".join(line.split()) for line in lines if line.strip()]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _reach(email: str, phone: str | None) -> str:
    return f"{email}, tel. {phone}" if phone else email
