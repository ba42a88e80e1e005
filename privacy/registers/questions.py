"""The questions that each kind of entry asks, in the language of whoever answers: templates for a newcomer. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from privacy.registers import questions_en, questions_hr, questions_pl
from privacy.registers.vocabulary import RESIDUAL_RISK, RULES, EntryKind, Risk

_TEXTS: Mapping[str, Mapping[EntryKind, Mapping[str, tuple[str, str]]]] = {
    "pl": questions_pl.QUESTIONS,
    "en": questions_en.QUESTIONS,
    "hr": questions_hr.QUESTIONS,
}
_FALLBACK = "en"


@dataclass(frozen=True)
class Question:
    """One question of an entry."""

    code: str
    text: str
    #: What a good answer says, with an example; it is never put into an entry by itself.
    hint: str
    #: Whether an entry is decided without an answer.
    required: bool
    #: The only possible answers; empty where it is answered in words.
    choices: tuple[str, ...]


def questions(kind: EntryKind, locale: str) -> tuple[Question, ...]:
    """Every question of a kind, in order, in Polish, English or Croatian."""
    rules = RULES[kind]
    texts = _TEXTS.get(locale.partition("-")[0].lower(), _TEXTS[_FALLBACK])[kind]
    return tuple(
        Question(
            code=code,
            text=texts[code][0],
            hint=texts[code][1],
            required=code in rules.required,
            choices=tuple(Risk) if code == RESIDUAL_RISK else (),
        )
        for code in rules.questions
    )
