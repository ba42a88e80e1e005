"""The course of the breach that a drill and the demo tell, step by step through the services, timed by the clock."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

import msgspec

from privacy import clock
from privacy.authz.actors import OPERATOR, Actor
from privacy.breach import service as breach
from privacy.breach import story
from privacy.breach.service import (
    Assessment,
    Decision,
    Line,
    Notice,
    Notification,
    Opinion,
    OwnWords,
    Report,
    SourceKind,
    TaskState,
    Way,
)
from privacy.db import unit_of_work
from privacy.programme.law import AUTHORITY

_Made = TypeVar("_Made")


@dataclass(frozen=True)
class Practised:
    """One step: who took it, how long the service took, and what was left of the authority's hours."""

    step: str
    who: str
    #: What a team practises by it.
    practises: str
    at: int
    #: Microseconds.
    took: int
    #: Microseconds; None before the clock runs.
    left: int | None


@dataclass
class Course:
    """One breach from the first word to its end."""

    #: The data protection officer, who advises, and who decides for the controller.
    officer: Actor
    controller: Actor
    rehearsal: bool
    #: Called with what was just done, in words.
    tell: Callable[[str], None]
    #: In which each step is taken: the application's, where there is none yet.
    context: Callable[[], AbstractContextManager[Any]] = contextlib.nullcontext
    breach_id: UUID = field(default_factory=lambda: UUID(int=0))
    number: str = ""
    steps: list[Practised] = field(default_factory=list)

    def found(self) -> None:
        """It is reported, looked at, and known for sure; the hours run."""
        report = Report(words=story.WHY["report"], facts=story.FIRST, rehearsal=self.rehearsal)

        def report_it() -> None:
            row = breach.open_breach(report, actor=OPERATOR)
            self.breach_id, self.number = row.id, row.number

        self._step("report", "anybody", "say it at once", report_it)
        self._take("triage", "look whether personal data are concerned")
        why = story.WHY["aware"]
        self._step(
            "aware",
            "privacy team",
            "write down since when you know, and why then",
            lambda: breach.become_aware(self.breach_id, actor=OPERATOR, reason=why),
        )

    def judged(self, persons: int) -> None:
        """It is contained and assessed; the officer advises, the controller decides."""
        self._take("contain", "end it before anything else is lost", story.WHY["contain"])
        known = _with(story.THEN, persons, clock.now())
        self._step(
            "facts",
            "privacy team",
            "find the source and the scope",
            lambda: breach.add_facts(self.breach_id, known, actor=OPERATOR),
        )
        given = msgspec.convert(_scored(persons), Assessment)
        self._step(
            "assess",
            "privacy team",
            "write down what may follow for the persons",
            lambda: breach.assess(self.breach_id, given, actor=OPERATOR),
        )
        opinion = Opinion(notify=True, tell=True, reasons=story.WHY["opinion"])
        self._step(
            "opinion",
            "officer",
            "the officer advises, and does not decide",
            lambda: breach.opine(self.breach_id, opinion, actor=self.officer),
        )
        decision = Decision(notify=True, tell=True, reasons=story.WHY["decision"])
        self._step(
            "decision",
            "controller",
            "somebody who may decides, with reasons",
            lambda: breach.decide(self.breach_id, decision, actor=self.controller),
        )

    def notified(self, kind: Notice, reference: str) -> None:
        """It is recorded that the authority was notified. Nothing is sent to it from here."""
        sent = Notification(kind, way=Way.BIZNES_GOV, reference=reference)
        self._step(
            f"notification_{kind.value}",
            "privacy team",
            "fill in the form in time; phases are allowed",
            lambda: breach.record_notification(self.breach_id, sent, actor=OPERATOR),
        )

    def listed(self, people: Iterable[Mapping[str, str]]) -> int:
        """These are affected; says how many that are."""
        lines = [Line(number, given) for number, given in enumerate(people, 1)]

        def add() -> int:
            source = breach.open_source(self.breach_id, SourceKind.LIST, actor=OPERATOR)
            breach.add_lines(source.id, lines, actor=OPERATOR)
            breach.end_source(source.id, actor=OPERATOR)
            return breach.affected_counts(self.breach_id).affected

        return self._step("affected", "privacy team", "know whose data it is", add)

    def agreed(self, page_url: str | None = None) -> int:
        """What the persons are told is written and agreed to; the communication's number."""
        words = msgspec.convert(story.WORDS, dict[str, OwnWords])
        made: int = self._step(
            "words",
            "officer",
            "say it so that everybody understands it",
            lambda: breach.prepare_communication(self.breach_id, words, actor=self.officer, page_url=page_url).number,
        )
        self._step(
            "agreed",
            "controller",
            "read it as somebody who gets it would",
            lambda: breach.approve_communication(self.breach_id, made, actor=self.controller),
        )
        return made

    def ended(self) -> None:
        """Its cause is found, what follows is done, and it is closed."""
        self._take("review", "analyse the cause, prevent the next")
        self._step("tasks", "privacy team", "leave nothing open", self._end_tasks)
        self._step(
            "close",
            "controller",
            "keep what was learnt",
            lambda: breach.take(self.breach_id, "close", actor=self.controller, reason=story.WHY["close"]),
        )

    def timed(self, step: str, who: str, practises: str, do: Callable[[], _Made]) -> _Made:
        """Do a step that opens units of work of its own, and say what it took."""
        begun = clock.micros()
        with self.context():
            made = do()
        now = clock.micros()
        with self.context():
            left = self._left(now)
        self.steps.append(Practised(step, who, practises, begun, now - begun, left))
        self.tell(f"{self.number}: {step.replace('_', ' ')} ({who})")
        return made

    def _step(self, step: str, who: str, practises: str, change: Callable[[], _Made]) -> _Made:
        def do() -> _Made:
            with unit_of_work():
                return change()

        return self.timed(step, who, practises, do)

    def _take(self, step: str, practises: str, reason: str | None = None) -> None:
        self._step(
            step,
            "privacy team",
            practises,
            lambda: breach.take(self.breach_id, step, actor=OPERATOR, reason=reason),
        )

    def _end_tasks(self) -> None:
        row = breach.visible(self.breach_id, actor=OPERATOR)
        for view in breach.tasks(row):
            if view.task.state == TaskState.OPEN:
                number, why = view.task.number, story.WHY["task"]
                breach.end_task(self.breach_id, number, TaskState.DONE, actor=OPERATOR, reason=why)

    def _left(self, now: int) -> int | None:
        if not self.number:
            return None
        view = breach.view(breach.visible(self.breach_id, actor=OPERATOR))
        due = next((one.clock.due_at for one in view.clocks if one.clock.code == AUTHORITY), None)
        return None if due is None or view.row.aware_at is None else due - now


def _with(known: Mapping[str, Any], persons: int, now: datetime) -> dict[str, Any]:
    """What is known: with how many persons it was, when it happened, and what is done today and said to them."""
    count = {"known": "exact", "value": persons}
    began = now - timedelta(hours=30)
    ended = now - timedelta(hours=3)
    moments = {"start": began.isoformat(timespec="seconds"), "end": ended.isoformat(timespec="seconds")}
    today, said = now.date().isoformat(), story.WORDS["pl"]
    return {
        **known,
        "persons": known["persons"] | {"count": count},
        "timing": known["timing"] | moments,
        "telling": known["telling"] | {"on": today, "content": "\n".join(said.values())},
        "others": known["others"] | {"police_on": today},
    }


def _scored(persons: int) -> dict[str, Any]:
    return {**story.ASSESSMENT, "enisa": story.ASSESSMENT["enisa"] | {"persons": persons}}
