"""What stands in the places of a letter: the case, the law's words for its decision, and the facts that are handed in.

| kind of letter | facts, `*` where it cannot be written without |
| --- | --- |
| identity | `ways`: how to prove it, in place of the usual ones |
| code | `code`*, `valid_until`* |
| clarification | `questions`* |
| extension | `reasons`*, `until`* |
| before erasure | `cancel_code`*, `cancel_link`: how to stop it beside writing to us; `begins_at` |
| answer, partly | `done`, `kept`, `pseudonymised`, `excepted`, `told`, `purposes` |
| answer with a package | `fetch_at`, `fetch_until`*, `excepted` |
| before lifting | `lifted_on`*, `reasons`* |
| recipient | `what`*, `whom`*; `to`* is its e-mail address, or the lines of a postal one |
| reminder | `next` |

Days and times are ISO 8601; a time without an offset is of the programme's zone. Lists become paragraphs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime

from privacy import clock
from privacy.dsar import cases
from privacy.dsar.correspondence.kinds import LetterKind
from privacy.dsar.correspondence.words import Words
from privacy.dsar.matter import Decision, Refused
from privacy.dsar.models import DataSubjectRequest
from privacy.dsar.vocabulary import CaseType, Outcome
from privacy.legal_time import days
from privacy.outbox import service as outbox
from privacy.programme.types import Controller, Programme

Facts = Mapping[str, str | Sequence[str]]

_ANSWERS = {
    CaseType.ACCESS: "letter_answer_access",
    CaseType.PORTABILITY: "letter_answer_portability",
    CaseType.ERASURE: "letter_answer_erasure",
    CaseType.RECTIFICATION: "letter_answer_rectification",
    CaseType.RESTRICTION: "letter_answer_restriction",
    CaseType.OBJECTION: "letter_answer_objection",
}
_OFFICIAL = {
    LetterKind.ANSWER: "letter_answer_official",
    LetterKind.PARTLY: "letter_answer_official",
    LetterKind.REFUSAL: "letter_refusal_official",
}
#: Paragraphs of a letter that may be missing.
_OPTIONAL = ("DONE", "KEPT", "PSEUDONYMISED", "EXCEPTED", "TOLD", "NEXT", "PURPOSES")
_MOMENTS = ("VALID_UNTIL", "UNTIL", "FETCH_UNTIL", "LIFTED_ON")


def template_of(kind: LetterKind, row: DataSubjectRequest) -> str:
    """Which text a letter has: an answer's is that of the right, and of no right where an authority or a court asks."""
    if not CaseType(row.case_type).of_a_person and kind in _OFFICIAL:
        return _OFFICIAL[kind]
    if kind in {LetterKind.ANSWER, LetterKind.PARTLY}:
        return _ANSWERS.get(CaseType(row.case_type), "letter_answer_words")
    return f"letter_{kind.value}"


def message_of(
    template: str, row: DataSubjectRequest, facts: Facts, programme: Programme, words: Words
) -> outbox.Message:
    """The letter with everything in its places, in the language of the words; ValueError where a fact is missing."""
    made = _Values(row, facts, programme, words)
    names = outbox.places(template, words.locale)
    return outbox.Message(template, words.locale, {name: made.of(name) for name in sorted(names)})


def contact_of(row: DataSubjectRequest, programme: Programme, words: Words) -> str:
    """Whom the person may write to: the data protection officer of the controller, or the controller."""
    dpo, controller = programme.dpo, controller_of(row, programme)
    if dpo is not None and controller.code in dpo.controllers:
        return words.phrase("dpo", name=dpo.name, reach=_reach(dpo.email, dpo.phone))
    reach = _reach(controller.email, controller.phone)
    return words.phrase("controller", name=controller.name, address=controller.address, reach=reach)


def email_of(row: DataSubjectRequest, programme: Programme) -> str:
    """The address of the data protection officer, or of the controller that has none."""
    dpo, controller = programme.dpo, controller_of(row, programme)
    return dpo.email if dpo is not None and controller.code in dpo.controllers else controller.email


def controller_of(row: DataSubjectRequest, programme: Programme) -> Controller:
    """The controller of a request; the first of the programme where it is not in it any more."""
    return programme.controllers.get(row.controller) or next(iter(programme.controllers.values()))


class _Values:
    """The values of one letter, by the names of their places."""

    def __init__(self, row: DataSubjectRequest, facts: Facts, programme: Programme, words: Words) -> None:
        self._row = row
        self._facts = {name.upper(): value for name, value in facts.items()}
        self._programme = programme
        self._words = words
        self._decision = cases.decision_of(row) or Decision()
        self._known: Mapping[str, Callable[[], outbox.Value]] = {
            "NUMBER": lambda: row.number,
            "MATTER": lambda: words.matters[CaseType(row.case_type)],
            "RECEIVED_ON": lambda: words.day(days.day_of(row.received_at, programme.zone)),
            "DUE_ON": lambda: words.day(days.named(row.due_on)),
            "CONTACT": lambda: contact_of(row, programme, words),
            "EMAIL": lambda: email_of(row, programme),
            "CONTROLLER": lambda: controller_of(row, programme).name,
            "REMEDIES": self._remedies,
            "THEIR_REFERENCE": self._their_reference,
            "REFUSED": self._refused,
            "ANSWER": lambda: _paragraphs(self._decision.answer or ""),
            "OUTCOME": self._outcome,
            "CORRECTIONS": self._corrections,
            "WAYS": self._ways,
            "CANCEL": self._cancel,
            "BEGINS_AT": self._begins_at,
            "FETCH_AT": self._fetch_at,
        }

    def of(self, name: str) -> outbox.Value:
        """The value of a place."""
        given = self._facts.get(name)
        if given is None and name in self._known:
            return self._known[name]()
        if given is None and name in _OPTIONAL:
            return []
        if given is None:
            raise ValueError(f"the letter wants the fact {name.lower()}")
        if name in _MOMENTS and isinstance(given, str):
            return self._moment(given)
        if isinstance(given, str):
            return _flat(given)
        return self._words.listed(name.lower(), [_flat(entry) for entry in given])

    def _moment(self, text: str) -> str:
        if len(text) == len("2026-11-21"):
            return self._words.day(date.fromisoformat(text))
        at = datetime.fromisoformat(text)
        zone = self._programme.zone
        return self._words.moment(at.astimezone(zone) if at.tzinfo else at)

    def _remedies(self) -> str | list[str]:
        """Art. 12(4), for the person alone: an authority that asks for data is not told where to complain."""
        if not CaseType(self._row.case_type).of_a_person:
            return []
        law = self._programme.jurisdiction
        authority = f"{law.authority.name}, {law.authority.address}, {law.authority.url}"
        court = self._words.courts.get(law.country)
        told = self._words.phrase("court", court=court) if court else ""
        return self._words.phrase("remedies", authority=authority, court=told)

    def _their_reference(self) -> list[str]:
        reference = cases.matter_of(self._row).reference
        return [self._words.phrase("their_reference", reference=_flat(reference))] if reference else []

    def _outcome(self) -> str:
        if self._row.outcome == Outcome.PARTLY and self._facts.get("KEPT") and not self._decision.refused:
            return self._words.phrases["outcome.but_kept"]
        if self._row.outcome is not None:
            return self._words.phrases[f"outcome.{self._row.outcome}"]
        if self._decision.wholly:
            return self._words.phrases["outcome.refused"]
        return self._words.phrases["outcome.partly" if self._decision.refused else "outcome.granted"]

    def _refused(self) -> list[str]:
        entries = [self._why(one) for one in self._decision.refused]
        return [f"– {entry}" for entry in entries] if self._decision.wholly else self._words.listed("refused", entries)

    def _why(self, one: Refused) -> str:
        parts = [self._words.phrase("refused", ground=self._words.grounds[one.ground])]
        if one.what:
            parts.insert(0, self._words.phrase("refused_what", what=_flat(self._named(one.what))))
        if one.facts:
            parts.append(self._words.phrase("refused_facts", facts=_flat(one.facts)))
        return " ".join(parts)

    def _named(self, code: str) -> str:
        """What a code of the programme is called: a purpose, a system or one of its tables."""
        purpose, system = self._programme.purposes.get(code), self._programme.systems.get(code)
        if purpose is not None:
            return self._words.of(purpose.names)
        return self._words.of(system.names) if system is not None else code

    def _corrections(self) -> list[str]:
        return self._words.listed(
            "corrections", [f"{_flat(c.what)}: {_flat(c.right)}" for c in self._decision.corrections]
        )

    def _ways(self) -> list[str]:
        contact, url = contact_of(self._row, self._programme, self._words), self._account_url()
        ways = [self._words.phrase("way.account", url=url)] if url else []
        ways += [self._words.phrase("way.code"), self._words.phrase("way.other", contact=contact)]
        return self._words.listed("ways", ways)

    def _cancel(self) -> list[str]:
        contact = contact_of(self._row, self._programme, self._words)
        ways = [
            self._words.phrase(f"cancel.{name}", **{name: _flat(str(self._facts[f"CANCEL_{name.upper()}"]))})
            for name in ("link", "code")
            if f"CANCEL_{name.upper()}" in self._facts
        ]
        return self._words.listed("cancel", [*ways, self._words.phrase("cancel.contact", contact=contact)])

    def _begins_at(self) -> str:
        begins = clock.from_micros(self._row.cooling_until or clock.micros())
        return self._words.moment(begins.astimezone(self._programme.zone))

    def _fetch_at(self) -> str:
        return self._account_url() or email_of(self._row, self._programme)

    def _account_url(self) -> str | None:
        controller = controller_of(self._row, self._programme)
        return controller.preferences_url or controller.url


def _flat(text: str) -> str:
    """A text of somebody's as one line: a line break in it would begin a paragraph that is not ours."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def _paragraphs(text: str) -> list[str]:
    return [_flat(line) for line in text.splitlines() if _flat(line)]


def _reach(email: str, phone: str | None) -> str:
    return f"{email}, tel. {phone}" if phone else email
