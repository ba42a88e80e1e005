"""What an entry must say, and who may decide it when. Pure: no session, no clock."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from privacy.errors import InvalidInput
from privacy.programme.types import Programme
from privacy.registers.content import About, Content
from privacy.registers.failures import AdviceNeeded, OfficerMayNotDecide
from privacy.registers.vocabulary import (
    RESIDUAL_RISK,
    RULES,
    SAFEGUARDS,
    EntryKind,
    EntryOutcome,
    EntryState,
    Risk,
    Rules,
)

LONGEST_TITLE, LONGEST_ANSWER, LONGEST_NAME = 200, 20_000, 200
MOST_PARTICIPANTS = 1_000


def text(name: str, said: str) -> str:
    """A text that must not be empty; raises `InvalidInput` by the field's name."""
    stripped = said.strip()
    if not 1 <= len(stripped) <= LONGEST_ANSWER:
        raise InvalidInput.of(name, f"Write it in 1 to {LONGEST_ANSWER} characters.")
    return stripped


def checked(kind: EntryKind, title: str, answers: Mapping[str, str], participants: Sequence[str]) -> Content:
    """What an entry is to say, as far as it must fit its kind; raises `InvalidInput` with every mistake."""
    rules, errors = RULES[kind], dict[str, list[str]]()
    if not 1 <= len(title.strip()) <= LONGEST_TITLE:
        errors["title"] = [f"Write a title of 1 to {LONGEST_TITLE} characters."]
    for code, said in answers.items():
        if code not in rules.questions:
            # What was sent is not repeated: it may be anything.
            errors["answers"] = [f"unknown question; {kind.value} asks: {', '.join(rules.questions)}"]
        elif len(said) > LONGEST_ANSWER:
            errors[f"answers.{code}"] = [f"Write at most {LONGEST_ANSWER} characters; add the rest as a file."]
    if answers.get(RESIDUAL_RISK) and answers[RESIDUAL_RISK] not in set(Risk):
        errors[f"answers.{RESIDUAL_RISK}"] = [f"Use one of: {', '.join(Risk)}."]
    errors |= _participants(rules, participants)
    if errors:
        raise InvalidInput(errors=errors)
    kept = {code: answers[code].strip() for code in rules.questions if answers.get(code, "").strip()}
    return Content(title=title.strip(), answers=kept, participants=[one.strip() for one in participants])


def _participants(rules: Rules, names: Sequence[str]) -> dict[str, list[str]]:
    if names and not rules.participants:
        return {"participants": ["Only a training has participants."]}
    if len(names) > MOST_PARTICIPANTS:
        return {"participants": [f"At most {MOST_PARTICIPANTS}; add the list as a file."]}
    if not all(1 <= len(name.strip()) <= LONGEST_NAME for name in names):
        return {"participants": [f"Write each name in 1 to {LONGEST_NAME} characters."]}
    return {}


def check_about(about: About, programme: Programme) -> None:
    """Raise `InvalidInput` unless an entry is about things that the programme has."""
    known: tuple[tuple[str, Collection[str], Mapping[str, object]], ...] = (
        ("activities", about.activities, programme.processing_activities),
        ("purposes", about.purposes, programme.purposes),
        ("processors", about.processors, programme.processors),
    )
    errors = {
        name: [f"unknown; the programme has: {', '.join(there)}"]
        for name, codes, there in known
        if set(codes) - set(there)
    }
    if errors:
        raise InvalidInput(errors=errors)


@dataclass(frozen=True)
class Deciding:
    """An entry that somebody is about to decide."""

    kind: EntryKind
    state: EntryState
    said: Content
    about: About
    #: The day on which it took place, if it is known.
    held_on: date | None
    advised: bool
    #: Whether the authority has answered (Art. 36(2)).
    consulted: bool
    #: Whether the data protection officer decides, or whoever gave the advice.
    by_officer: bool
    officer_designated: bool
    today: date


def ensure_decidable(deciding: Deciding, outcome: EntryOutcome) -> None:
    """Raise unless this outcome may be decided now, by whoever decides.

    `InvalidInput` for what is missing or contradicts itself, `AdviceNeeded`, `OfficerMayNotDecide`.
    """
    rules = RULES[deciding.kind]
    if rules.controller_decides and deciding.by_officer:
        raise OfficerMayNotDecide
    errors = _missing(rules, deciding.said, deciding.about) | _wrong_outcome(rules, deciding, outcome)
    if not rules.controller_decides and (deciding.held_on is None or deciding.held_on > deciding.today):
        errors["held_on"] = ["Name the day on which it took place."]
    if errors:
        raise InvalidInput(errors=errors)
    # Where no officer is designated nobody need be heard.
    if rules.advice and deciding.officer_designated and not deciding.advised:
        raise AdviceNeeded


def _missing(rules: Rules, said: Content, about: About) -> dict[str, list[str]]:
    errors = {f"answers.{code}": ["Answer it first."] for code in rules.required if code not in said.answers}
    if rules.participants and not said.participants:
        errors["participants"] = ["Name who took part."]
    if rules.processors and not about.processors:
        errors["processors"] = ["Name the processor that was checked."]
    return errors


def _wrong_outcome(rules: Rules, deciding: Deciding, outcome: EntryOutcome) -> dict[str, list[str]]:
    def wrong(why: str) -> dict[str, list[str]]:
        return {"outcome": [why]}

    if outcome not in rules.outcomes:
        return wrong(f"Use one of: {', '.join(sorted(rules.outcomes))}.")
    if outcome is EntryOutcome.PASSED_WITH_SAFEGUARDS and SAFEGUARDS not in deciding.said.answers:
        return {f"answers.{SAFEGUARDS}": ["Name the safeguards that tip the balance."]}
    if deciding.state is EntryState.CONSULTING:
        if outcome is EntryOutcome.CONSULT_AUTHORITY:
            return wrong("The authority is asked already.")
        return {} if deciding.consulted else wrong("Write down first what the authority answered (Art. 36(2)).")
    high = deciding.said.answers.get(RESIDUAL_RISK) == Risk.HIGH
    if high and outcome not in {EntryOutcome.CONSULT_AUTHORITY, EntryOutcome.NOT_CARRIED_OUT}:
        return wrong("The risk that is left is high: consult_authority (Art. 36(1)) or not_carried_out.")
    return {}
