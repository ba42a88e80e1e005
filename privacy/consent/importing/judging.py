"""Where each thing that rows say ends in the waterfall, once the decisions after the import are known. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from privacy import clock
from privacy.consent.decision import Decision, Reason
from privacy.consent.importing import worth
from privacy.consent.importing.meaning import Statement
from privacy.consent.importing.pending import Key, Pending, questions
from privacy.consent.importing.pile import RowSaid
from privacy.consent.importing.profile import Said
from privacy.consent.importing.rejects import Why
from privacy.consent.importing.rows_files import Entry
from privacy.consent.importing.translation import Translator
from privacy.consent.importing.waterfall import Step, Waterfall

_NOES = {Said.REFUSE: Step.REFUSED, Said.WITHDRAW: Step.WITHDRAWN, Said.OBJECT: Step.OBJECTED}
#: A consent that could not be taken, by why.
_DROPPED = {
    Why.BAD_TIME: Step.NO_DATE,
    Why.BAD_IDENTIFIER: Step.CONTACT_UNKNOWN,
    Why.NO_PURPOSE: Step.PAIR_UNKNOWN,
    Why.NO_CHANNEL: Step.PAIR_UNKNOWN,
    Why.UNKNOWN_PURPOSE: Step.PAIR_UNKNOWN,
    Why.UNKNOWN_CHANNEL: Step.PAIR_UNKNOWN,
}
#: All of a tool's purposes or channels, in a report.
_EVERY = "*"


@dataclass(frozen=True)
class _Judged:
    """One thing that a row says, and where it ends."""

    step: Step
    statement: Statement
    #: The reason of the decision, or why it could not be taken.
    detail: str
    wording: str = ""
    #: The key whose decision it was, where it was one.
    key: Key | None = None


class Judge:
    """Judges circles into a waterfall."""

    def __init__(
        self,
        translator: Translator,
        waterfall: Waterfall,
        files: Callable[[], Sequence[str]],
        on_entry: Callable[[Step, Entry], None],
    ) -> None:
        """`files` gives the names of the files by their numbers."""
        self._translator = translator
        self._programme = translator.programme
        self._waterfall = waterfall
        self._files = files
        self._on_entry = on_entry
        self._now = clock.micros()

    def add_row(self, step: Step, file: str, line: int) -> None:
        """Add a row that leaves nothing to judge."""
        self._waterfall.add_row(step)
        self._on_entry(step, Entry(file, line))

    def add(self, pending: Pending, before: Mapping[Key, Decision], after: Mapping[Key, Decision]) -> None:
        """Add one circle, whose decisions before and after are these."""
        waterfall = self._waterfall
        allowed: set[Key] = set()
        for row in pending.rows:
            judged = list(self._judged(pending, row, after))
            if not judged:
                self.add_row(Step.SAYS_NOTHING, self._files()[row.file], row.line)
                continue
            waterfall.add_row()
            for one in judged:
                self._count(row, one)
                if one.step is Step.MAY_CONTACT and one.key is not None:
                    waterfall.repeats += one.key in allowed
                    allowed.add(one.key)
        for key, now in after.items():
            was = before[key].allowed
            waterfall.permissions_before += was
            waterfall.permissions_after += now.allowed
            waterfall.permissions_gained += now.allowed and not was
            waterfall.permissions_lost += was and not now.allowed

    def _judged(self, pending: Pending, row: RowSaid, after: Mapping[Key, Decision]) -> Iterator[_Judged]:
        for statement, why in row.dropped:
            if Said(statement.said) is not Said.CONFIRM:
                yield _Judged(_DROPPED.get(Why[why], Step.NO_RECORD), statement, why.lower())
        for statement in row.statements:
            said = Said(statement.said)
            if said.is_event:
                yield _Judged(Step.SUPPRESSED, statement, said.value)
            elif said in _NOES:
                yield _Judged(_NOES[said], statement, said.value)
            elif said in {Said.GIVE, Said.REQUEST}:
                yield self._consent(pending, row, statement, after)

    def _consent(self, pending: Pending, row: RowSaid, statement: Statement, after: Mapping[Key, Decision]) -> _Judged:
        """A consent falls for its own sake first, then for what else is known; if it passes both, it may be used."""
        naming = pending.namings[row.names]
        given = self._translator.acts(naming, [statement])[0]
        confirms = [
            act
            for other in row.statements
            if (other.said, other.purpose, other.channel) == (Said.CONFIRM, statement.purpose, statement.channel)
            for act in self._translator.acts(naming, [other])
        ]
        wording = worth.label_of(given, self._programme)
        step = worth.alone(given, confirms, statement.channel, self._programme, self._now)
        if step is not None:
            return _Judged(step, statement, "the row alone", wording)
        ((key, _), *_) = questions(naming, statement, self._programme)
        decision = after[key]
        step = worth.step_of(decision.reason)
        if decision.reason is Reason.NO_RECORD and len(naming.accounts) > 1:
            step = Step.IDENTIFIERS_DISAGREE  # It counts only while all that it names are surely one person.
        return _Judged(step, statement, decision.reason.value, wording, key)

    def _count(self, row: RowSaid, judged: _Judged) -> None:
        statement, zone = judged.statement, self._programme.zone
        start = statement.at[0] if statement.at is not None else None
        system = self._translator.system
        entry = Entry(
            file=self._files()[row.file],
            line=row.line,
            purpose=statement.purpose or ("" if statement.is_event else _EVERY),
            channel=statement.channel or (_EVERY if statement.is_event else ""),
            source=f"{system} {statement.point}" if statement.point else system,
            wording=judged.wording,
            year=None if start is None else clock.from_micros(start).astimezone(zone).year,
            detail=judged.detail,
        )
        self._waterfall.add(judged.step, entry.purpose, entry.channel, entry.source, entry.wording, entry.year)
        self._on_entry(judged.step, entry)
