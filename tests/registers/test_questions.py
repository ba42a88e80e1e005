"""Each kind of entry has its questions in three languages, and rules that fit them."""

from __future__ import annotations

import pytest

from privacy.registers import questions_en, questions_hr, questions_pl
from privacy.registers.questions import questions
from privacy.registers.vocabulary import RULES, EntryKind


@pytest.mark.parametrize("kind", EntryKind)
@pytest.mark.parametrize("texts", [questions_pl.QUESTIONS, questions_en.QUESTIONS, questions_hr.QUESTIONS])
def test_every_question_has_a_text_and_a_hint_and_no_other_has(
    kind: EntryKind, texts: dict[EntryKind, dict[str, tuple[str, str]]]
) -> None:
    assert texts[kind].keys() == set(RULES[kind].questions)
    assert all(text.strip() and hint.strip() for text, hint in texts[kind].values())


def test_numbers_of_kinds_are_told_apart() -> None:
    prefixes = [rules.prefix for rules in RULES.values()]
    assert len(set(prefixes)) == len(prefixes)
    assert RULES.keys() == set(EntryKind)


def test_a_language_that_nobody_wrote_is_answered_in_english() -> None:
    assert questions(EntryKind.LIA, "de") == questions(EntryKind.LIA, "en") != questions(EntryKind.LIA, "pl-PL")
