"""A system that only a person can look into: papers, a tool without an interface. They file a form, and vouch for it.

The form is the room's that asks; this only reads what was filed. Nothing counts as done before a person has said so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from privacy.programme.connector_settings import ManualSettings
from privacy.programme.data_map import DataSet, Table
from privacy.systems.connector import (
    Column,
    Confirm,
    Done,
    Finding,
    Found,
    Key,
    Level,
    Pending,
    Row,
    SystemRefused,
    TableChange,
    Task,
    TooManyRows,
    Verb,
    WithoutDays,
)

#: Forms are filed within days; looking more often than this finds nothing new, in seconds.
_ASK_AFTER = 900.0


@dataclass(frozen=True)
class ManualAnswer:
    """What somebody filed about one task, and how they know."""

    #: Who looked, and when they filed it, in microseconds.
    by: UUID
    at: int
    #: What was done and how, in their own words: the proof that there is.
    statement: str = field(repr=False)
    #: Whether it could be done at all; where not, the statement says why.
    could: bool = True
    rows: tuple[Row, ...] = field(default=(), repr=False)
    files: tuple[tuple[str, bytes], ...] = field(default=(), repr=False)
    #: Rows, sheets or files deleted and changed, by table.
    deleted: Mapping[str, int] = field(default_factory=dict)
    changed: Mapping[str, int] = field(default_factory=dict)


#: What was filed about a task; None before that.
Answers = Callable[[Task], ManualAnswer | None]


class ManualConnector(WithoutDays):
    """One system of that kind. See `connector.Connector`."""

    def __init__(self, settings: ManualSettings, answers: Answers) -> None:
        self._settings, self._answers = settings, answers

    def test(self, data_sets: Sequence[DataSet]) -> Sequence[Finding]:  # noqa: ARG002 - nothing to hold them against
        """That somebody is named; nothing else can be tried."""
        detail = f"{self._settings.who} looks by hand, within {self._settings.within_days} days."
        return (Finding("manual", Level.OK, "", detail),)

    def columns(self, *, sample: int = 0) -> Sequence[Column]:  # noqa: ARG002 - it has none to sample
        """Raises `SystemRefused`: nobody has a catalogue of papers."""
        raise SystemRefused("A manual system shows no catalogue: its data map is written by hand.")

    def count(self, task: Task, table: Table, keys: Sequence[Key]) -> int:  # noqa: ARG002 - only a look would tell
        """What was filed already; 0 before that."""
        answer = self._answers(task)
        return 0 if answer is None else len(answer.rows)

    def find(self, task: Task, table: Table, keys: Sequence[Key], *, limit: int) -> Found:  # noqa: ARG002 - in the form
        """The rows and files that were filed. Raises `SystemRefused` where a person says that it could not be done."""
        answer = self._answer(task)
        if answer is None:
            return Found((), pending=_pending(task))
        if len(answer.rows) > limit:
            text = f"More than {limit} rows of {table.name} were filed."
            raise TooManyRows(text, table=table.name, found=len(answer.rows))
        return Found(answer.rows, files=answer.files)

    def change(
        self,
        task: Task,
        verb: Verb,  # noqa: ARG002 - stands in the form
        tables: Sequence[Table],  # noqa: ARG002 - stands in the form
        changes: Sequence[TableChange],  # noqa: ARG002 - stands in the form
        *,
        confirm: Confirm | None = None,
    ) -> Done:
        """What a person says that they did. Raises `SystemRefused` where they say that it could not be done."""
        answer = self._answer(task)
        if answer is None:
            return Done(pending=_pending(task))
        if confirm is not None:
            confirm()
        return Done(answer.deleted, answer.changed, said=answer.statement)

    def close(self) -> None:
        """Nothing is held."""

    def _answer(self, task: Task) -> ManualAnswer | None:
        answer = self._answers(task)
        if answer is None:
            return None
        if not answer.statement.strip():
            raise SystemRefused("The form was filed without a statement of what was done.")
        if not answer.could:
            raise SystemRefused("Whoever looked says that it could not be done; the form says why.")
        return answer


def _pending(task: Task) -> Pending:
    return Pending(task.reference or str(task.id), _ASK_AFTER)
