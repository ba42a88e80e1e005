"""What an answer tells of the execution: system by system what was done, what is kept and why, what was not done."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date

from privacy import clock
from privacy.dsar import cases
from privacy.dsar.correspondence.values import Facts
from privacy.dsar.correspondence.words import Words
from privacy.dsar.correspondence.words import words as words_in
from privacy.dsar.execution import course, recipients, tasks
from privacy.dsar.execution.course import SystemOutcome
from privacy.dsar.execution.tasks import OWN_SYSTEM, Fate
from privacy.dsar.models import DataSubjectRequest
from privacy.dsar.package import packages, words
from privacy.dsar.vocabulary import CaseType, Ground, TaskKind, TaskState
from privacy.dsar.workflow import HANDED_OUT
from privacy.programme import service as programmes
from privacy.programme.data_map import Strategy
from privacy.programme.types import Programme

_PSEUDONYMISED = {Strategy.HASH, Strategy.MASK}
_UNABLE = {CaseType.RESTRICTION: "line.unmarked", CaseType.OBJECTION: "line.objected"}


def facts_of(row: DataSubjectRequest) -> Facts:
    """The facts of the answer to a request, in its language."""
    told = _Account(row)
    facts: dict[str, str | Sequence[str]] = {
        "done": list(told.done()),
        "kept": list(told.kept()),
        "pseudonymised": list(told.pseudonymised()),
        "excepted": list(told.excepted()),
        "told": list(told.told()),
    }
    if CaseType(row.case_type) is CaseType.OBJECTION:
        facts["purposes"] = list(told.purposes())
    package = packages.newest(row.id)
    if package is not None:
        facts["fetch_until"] = clock.from_micros(package.expires_at).isoformat()
    return facts


class _Account:
    """The outcomes of one request in the words of one language."""

    def __init__(self, row: DataSubjectRequest) -> None:
        self._row = row
        self._programme: Programme = programmes.current()
        self._words: Words = words_in(row.locale)
        self._outcomes = course.outcomes(row.id)
        case_type = CaseType(row.case_type)
        #: How a table that has no way to do what was asked is told.
        self._unable = _UNABLE.get(case_type, "line.unable")
        self._changes = any(one.deleted or one.changed for one in self._outcomes) and case_type not in HANDED_OUT

    def done(self) -> Iterator[str]:
        """A line for each system."""
        erasure = CaseType(self._row.case_type) is CaseType.ERASURE
        for one in self._outcomes:
            system = self._system(one.system)
            if one.state == TaskState.EXCEPTED:
                continue
            if one.said:
                yield self._words.phrase("line.said", system=system, said=one.said)
            elif not (one.deleted or one.changed):
                if one.found:
                    yield self._words.phrase("line.unchanged", system=system, found=one.found)
                elif not one.unable:
                    yield self._words.phrase("line.nothing", system=system)
            elif erasure:
                yield self._words.phrase("line.erased", system=system, deleted=one.deleted, changed=one.changed)
            else:
                yield self._words.phrase("line.changed", system=system, changed=one.changed + one.deleted)

    def kept(self) -> Iterator[str]:
        """What a statute keeps until when, or what was refused: a line for each table, by the kinds of data in it."""
        tables: dict[tuple[str, str, str | None], list[Fate]] = {}
        for one, fate in self._fates({Strategy.KEEP}):
            basis = self._words.grounds[Ground(fate.ground)] if fate.ground else fate.statute
            tables.setdefault((one.system, fate.table, basis), []).append(fate)
        for (system, table, basis), fates in tables.items():
            given = {"system": self._system(system), "what": self._kinds_of_data(table, {fate.field for fate in fates})}
            days = sorted({fate.until for fate in fates if fate.until})
            name = "line.kept" if days else "line.kept_open"
            if days:
                given["until"] = self._until(date.fromisoformat(days[0]), date.fromisoformat(days[-1]))
            if basis:
                given["statute"] = basis
            yield self._words.phrase(name + ("_statute" if basis else ""), **given)

    def pseudonymised(self) -> Iterator[str]:
        """What is not erased, and says nothing without other information (Art. 4(5))."""
        for one, fate in self._fates(_PSEUDONYMISED):
            yield self._words.phrase("line.field", system=self._system(one.system), what=_field(fate))

    def excepted(self) -> Iterator[str]:
        """What was not done, and why."""
        for one in self._outcomes:
            system = self._system(one.system)
            if one.reason:
                yield self._words.phrase("line.excepted", system=system, reason=one.reason)
            for table in one.unable:
                yield self._words.phrase(self._unable, system=system, what=table)
        yield from self._untold()

    def told(self) -> Iterator[str]:
        """The recipients who were told (Art. 19), whether or not they have answered."""
        done = (task for task in tasks.of_request(self._row.id, TaskKind.TELL) if task.state == TaskState.DONE)
        yield from sorted(recipients.name_of(task.system, self._words) for task in done)

    def _untold(self) -> Iterator[str]:
        """The recipients who were not: those whom a person excepted, and whole categories, in which nobody is named."""
        told = sorted(tasks.of_request(self._row.id, TaskKind.TELL), key=lambda task: task.system)
        for task in told:
            if task.state != TaskState.DONE:
                recipient, reason = recipients.name_of(task.system, self._words), tasks.result_of(task).reason or ""
                yield self._words.phrase("line.untold", recipient=recipient, reason=reason)
        if self._changes:
            for category in recipients.not_named(self._row):
                yield self._words.phrase("line.not_named", recipient=self._words.of(category.names))

    def purposes(self) -> Iterator[str]:
        """The purposes for which processing stops."""
        decision, matter = cases.decision_of(self._row), cases.matter_of(self._row)
        refused = {one.what for one in decision.refused} if decision is not None else set()
        named: Iterable[str] = (decision.purposes if decision is not None else ()) or matter.purposes
        for code in named:
            if code in self._programme.purposes and code not in refused:
                yield self._words.of(self._programme.purposes[code].names)

    def _fates(self, strategies: Iterable[Strategy]) -> Iterator[tuple[SystemOutcome, Fate]]:
        wanted = {strategy.value for strategy in strategies}
        return ((one, fate) for one in self._outcomes for fate in one.fates if fate.strategy in wanted)

    def _until(self, first: date, last: date) -> str:
        told = {"first": self._words.day(first), "last": self._words.day(last)}
        return told["first"] if first == last else self._words.phrase("line.until_between", **told)

    def _kinds_of_data(self, place: str, names: Collection[str]) -> str:
        """Fields of a table as people call what stands in them; the table's own name where nothing of them does."""
        data_set, _, name = place.partition(".")
        known, kinds = self._programme.data_categories, words.words(self._row.locale)
        table = self._programme.data_sets[data_set].tables.get(name) if data_set in self._programme.data_sets else None
        fields = [one for path, one in table.walk() if path in names] if table is not None else []
        codes = dict.fromkeys(code for one in fields for code in one.categories)
        told = (self._words.of(known[code].names) if code in known else kinds.category(code) for code in codes)
        kinds_told = ", ".join(dict.fromkeys(told))
        return f"{kinds_told} ({place})" if kinds_told else place

    def _system(self, code: str) -> str:
        if code == OWN_SYSTEM:
            return self._words.phrases["own_system"]
        system = self._programme.systems.get(code)
        return self._words.of(system.names) if system is not None else code


def _field(fate: Fate) -> str:
    return f"{fate.table}.{fate.field}" if fate.field else fate.table
