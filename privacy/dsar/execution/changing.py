"""What is to become of the rows that were found, by what is asked: one change for each system, whole or not at all."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import msgspec

from privacy import clock
from privacy.crypto.owner_keys import OwnerKey
from privacy.dsar import cases
from privacy.dsar.execution import finding, heeding, tasks
from privacy.dsar.execution.finding import Picture, Wanted
from privacy.dsar.execution.leases import Held
from privacy.dsar.execution.tasks import Fate, Mark, Result, Work
from privacy.dsar.matter import Correction, Decision, Matter
from privacy.dsar.models import DataSubjectRequest
from privacy.dsar.vocabulary import CaseType, TaskKind
from privacy.programme.data_map import ConnectorKind, Strategy, Table
from privacy.systems import service as systems
from privacy.systems.connector import (
    Connector,
    FieldFate,
    Pending,
    Row,
    RowChange,
    SystemRefused,
    TableChange,
    Task,
    Verb,
)
from privacy.systems.graph import Node, compared, values_at

_VERBS: Mapping[CaseType, Verb] = {
    CaseType.ERASURE: Verb.ERASE,
    CaseType.RECTIFICATION: Verb.RECTIFY,
    CaseType.RESTRICTION: Verb.RESTRICT,
    CaseType.OBJECTION: Verb.OBJECT,
}


@dataclass(frozen=True)
class Changed:
    """What a system did, or that it has begun."""

    result: Result = field(repr=False)
    deleted: int = 0
    changed: int = 0
    pending: Pending | None = None


@dataclass(frozen=True)
class Change:
    """What one system is to do."""

    verb: Verb
    #: Children before parents.
    tables: tuple[Table, ...]
    changes: tuple[TableChange, ...] = field(repr=False)
    result: Result = field(repr=False)
    #: Of an erasure: the look at the legal holds by which it was prepared.
    epoch: int | None = None

    def make(self, connector: Connector, task: Task, context: heeding.Context) -> Changed:
        """Have it done, outside any unit of work; raises what the connector raises, `HoldPlaced` too."""
        if not self.changes:
            return Changed(self.result)
        if self.epoch is None:
            done = connector.change(task, self.verb, self.tables, self.changes)
        else:
            with heeding.confirming(task.id, self.epoch, context) as confirm:
                done = connector.change(task, self.verb, self.tables, self.changes, confirm=confirm)
        result = msgspec.structs.replace(self.result, said=done.said)
        return Changed(result, sum(done.deleted.values()), sum(done.changed.values()), done.pending)


@dataclass(frozen=True)
class _Asked:
    """What was asked and granted."""

    case_type: CaseType
    matter: Matter = field(repr=False)
    decision: Decision = field(repr=False)

    @classmethod
    def of(cls, row: DataSubjectRequest) -> _Asked:
        return cls(CaseType(row.case_type), cases.matter_of(row), cases.decision_of(row) or Decision())

    @property
    def corrections(self) -> tuple[Correction, ...]:
        """What is corrected."""
        return self.decision.corrections or self.matter.corrections

    def refused(self, what: str) -> bool:
        """Whether a system, a table (`data set.table`) or a field of one is refused."""
        return any(one.what == what for one in self.decision.refused)

    def ground(self, what: str) -> str | None:
        """On which ground something is refused."""
        return next((one.ground.value for one in self.decision.refused if one.what == what), None)

    def reaches(self, person: Wanted, node: Node) -> bool:
        """Whether a table is meant: of an objection, only where its purposes are among those objected to."""
        if self.refused(node.system) or self.refused(node.place):
            return False
        if self.case_type is not CaseType.OBJECTION:
            return True
        marketing = [purpose.code for purpose in person.programme.marketing_purposes]
        named = {one for one in self.decision.purposes or self.matter.purposes or marketing if not self.refused(one)}
        purposes = person.graph.tables[node].purposes or person.systems[node.system].purposes
        return bool(named & set(purposes))


def add(
    row: DataSubjectRequest, key: OwnerKey, person: Wanted, seen: Picture, *, done: Collection[str], look: int
) -> int:
    """Add a task for each system with rows to change, but those of `done`, in the open unit of work; says how many."""
    asked = _Asked.of(row)
    found: dict[str, list[str]] = defaultdict(list)
    for node, rows in seen.searched.sure.items():
        # What has no key can be changed once; nobody could say later that it is new.
        if asked.reaches(person, node) and (look == 0 or person.graph.tables[node].primary_key):
            found[node.system] += [id_ for id_ in finding.ids_of(person, node, rows) if id_ not in done]
    work = {system: _work(asked, person, ids) for system, ids in sorted(found.items()) if ids}
    if look == 0:
        named = finding.by_kind(person.identifiers)
        work |= {one.code: Work(keys=named) for one in person.whole_systems if named and not asked.refused(one.code)}
    for system, one in work.items():
        tasks.add(row, key, TaskKind.CHANGE, system, look=look, work=one)
    return len(work)


def _work(asked: _Asked, person: Wanted, ids: Sequence[str]) -> Work:
    if asked.case_type is not CaseType.ERASURE:
        return Work(rows=tuple(ids))
    today = clock.now().astimezone(person.programme.zone).date()
    return Work(rows=tuple(ids), day=today.isoformat(), secret=secrets.token_bytes(32))


def without_secret(work: Work) -> Work:
    """What is kept of it once it is done: nobody makes the same hash again."""
    return msgspec.structs.replace(work, secret=None)


def prepared(row: DataSubjectRequest, held: Held, person: Wanted) -> Change:
    """What a task is to do, from what stands stored."""
    asked, verb = _Asked.of(row), _VERBS[CaseType(row.case_type)]
    if held.kind is TaskKind.LIFT:
        verb = Verb.LIFT_RESTRICTION
    if held.work.marks:
        return _unmarked(person, held)
    if held.work.keys:
        return _of_whole(held, verb, finding.table_of(person, held), person)
    key = cases.key_of(row)
    seen = finding.picture(person, tasks.of_request(row.id, TaskKind.FIND), key)
    meant = set(held.work.rows)
    rows = {
        node: [one for one, id_ in zip(some, finding.ids_of(person, node, some), strict=True) if id_ in meant]
        for node, some in seen.searched.sure.items()
        if node.system == held.system
    }
    if sum(map(len, rows.values())) != len(meant):
        raise SystemRefused(f"Rows of {held.system} that were to be changed are not surely the person's any more.")
    if verb is Verb.ERASE:
        return _erasure(asked, person, rows, held, _refused(asked, held.system, seen))
    return _of_fields(asked, verb, person, rows, held)


def _of_whole(held: Held, verb: Verb, table: Table, person: Wanted) -> Change:
    """A system that is told who is meant, and does the rest itself. One in which the person is held is told nothing.

    What was told before the hold was placed is under way there, or done, and is reported as it ends.
    """
    epoch = None
    by_hand = person.systems[held.system].connector is ConnectorKind.MANUAL
    told = held.work.form is not None if by_hand else held.reference is not None
    if verb is Verb.ERASE and not told:
        epoch, kept = heeding.whole_held(person, held.system)
        if kept is not None:
            return Change(verb, (table,), (), Result(fates=(kept,)))
    rows = tuple(
        RowChange({one.name: value}, delete=verb is Verb.ERASE) for one in held.work.keys for value in one.values
    )
    return Change(verb, (table,), (TableChange(table.name, rows),), Result(), epoch)


def _refused(asked: _Asked, system: str, seen: Picture) -> Mapping[tuple[str, str], Sequence[Row]]:
    """The person's rows in tables of a system that were refused."""
    return {
        (node.data_set, node.table): rows
        for node, rows in seen.searched.sure.items()
        if node.system == system and asked.refused(node.place)
    }


def _erasure(
    asked: _Asked,
    person: Wanted,
    rows: Mapping[Node, Sequence[Row]],
    held: Held,
    refused: Mapping[tuple[str, str], Sequence[Row]],
) -> Change:
    """By the data map and the law; what was refused stays, with the row that it stands in and what that refers to."""
    programme = person.programme
    heeded = heeding.heeded(person, rows)
    rows, refused = heeded.free, _with(refused, heeded.held)
    grounds = {fate.table: fate.ground for fate in heeded.fates}
    data_sets = systems.data_sets_of(person.systems[held.system], programme) if rows else ()
    found = {(node.data_set, node.table): some for node, some in rows.items()}
    assert held.work.day is not None
    assert held.work.secret is not None
    tables, changes, told = [], [], dict[Fate, None]()
    day, secret = date.fromisoformat(held.work.day), held.work.secret
    try:
        fates = systems.fates(data_sets, found, programme, day, secret=secret, refused=refused)
    except ValueError:
        raise SystemRefused(f"The data map names no primary key of a table of {held.system} that is changed.") from None
    for one in fates:
        place = f"{one.data_set}.{one.table.name}"
        kept = {name for name, _ in one.table.walk() if asked.refused(f"{place}.{name}")}
        each = zip(one.rows, found[one.data_set, one.table.name], strict=True)
        made = tuple(filter(None, (_but_for(kept, one.table, fate.change, row) for fate, row in each)))
        if made:
            tables.append(one.table)
            changes.append(TableChange(one.table.name, made))
        for fate in one.rows:
            told |= dict.fromkeys(
                _told(asked, place, field_, grounds) for field_ in fate.fields if field_.field not in kept
            )
    reported = tuple(fate for fate in told if fate.strategy != Strategy.DELETE_ROW)
    result = Result(changed=held.work.rows, fates=(*heeded.fates, *reported))
    return Change(Verb.ERASE, tuple(tables), tuple(changes), result, heeded.epoch)


def _with(
    refused: Mapping[tuple[str, str], Sequence[Row]], held: Mapping[Node, Sequence[Row]]
) -> Mapping[tuple[str, str], Sequence[Row]]:
    """What stays because it was refused or is held."""
    stays = {place: list(rows) for place, rows in refused.items()}
    for node, rows in held.items():
        stays.setdefault((node.data_set, node.table), []).extend(rows)
    return stays


def _but_for(kept: Collection[str], table: Table, change: RowChange | None, row: Row) -> RowChange | None:
    if change is None:
        return None
    known_by = _known_by(table, row)
    if change.delete and not kept:
        return RowChange(change.key, delete=True, known_by=known_by)
    values = change.values
    if change.delete:
        values = dict.fromkeys(one.name for one in table.fields if not one.primary_key)
    values = {name: value for name, value in values.items() if name not in kept}
    return RowChange(change.key, values=values, known_by=known_by) if values else None


def _told(asked: _Asked, place: str, fate: FieldFate, held: Mapping[str, str | None]) -> Fate:
    ground = (asked.ground(fate.refused) or held.get(fate.refused)) if fate.refused else None
    return Fate(place, fate.field, fate.strategy.value, fate.until, fate.statute, ground)


def _of_fields(asked: _Asked, verb: Verb, person: Wanted, rows: Mapping[Node, Sequence[Row]], held: Held) -> Change:
    tables, changes, unable, marks = [], [], [], list[Mark]()
    for node, some in sorted(rows.items()):
        table = person.graph.tables[node]
        if verb is not Verb.RECTIFY and table.restricted_field is None:
            unable.append(node.place)
            continue
        new = [(one, dict(_new_values(asked, verb, node.place, table, one))) for one in some]
        made = tuple(
            RowChange(_key(table, one), values=values, known_by=_known_by(table, one)) for one, values in new if values
        )
        if made:
            tables.append(table)
            changes.append(TableChange(table.name, made))
        if verb is Verb.RESTRICT and (mark := table.restricted_field) is not None:
            marks += [Mark(node.place, _key(table, one), one.get(mark), _known_by(table, one)) for one in some]
    result = Result(changed=held.work.rows, unable=tuple(unable), marks=tuple(marks))
    return Change(verb, tuple(tables), tuple(changes), result)


def _unmarked(person: Wanted, held: Held) -> Change:
    """What was marked is as it was before; what was restricted already then stays so, for it is not ours to lift."""
    by_place: dict[str, list[RowChange]] = defaultdict(list)
    known = {node.place: table for node, table in person.graph.tables.items() if node.system == held.system}
    for one in held.work.marks:
        table = known.get(one.place)
        if table is not None and table.restricted_field is not None and one.before != table.restricted_value:
            known_by = _known_by_now(person, table, one)
            by_place[one.place].append(
                RowChange(one.key, values={table.restricted_field: one.before}, known_by=known_by)
            )
    tables = tuple(known[place] for place in by_place)
    changes = tuple(TableChange(known[place].name, tuple(rows)) for place, rows in by_place.items())
    return Change(Verb.LIFT_RESTRICTION, tables, changes, Result())


def _new_values(asked: _Asked, verb: Verb, place: str, table: Table, row: Row) -> Iterator[tuple[str, object]]:
    if verb is not Verb.RECTIFY:
        if table.restricted_field is not None:
            yield table.restricted_field, table.restricted_value
        return
    for name, one in table.walk():
        for correction in asked.corrections:
            corrected = one.corrected_as == correction.what and not asked.refused(f"{place}.{name}")
            if corrected and _is_wrong(correction, row, name):
                yield name, correction.right


def _is_wrong(correction: Correction, row: Row, name: str) -> bool:
    """Whether the row says what is wrong; where nobody said what that is, whatever is not right."""
    now = [str(value) for value in values_at(row, name)]
    if correction.wrong is None:
        return now != [correction.right]
    # An address is wrong however it is spelled: by any spelling the row was found.
    return compared(correction.what, correction.wrong) in {compared(correction.what, value) for value in now}


def _known_by(table: Table, row: Row) -> Mapping[str, object]:
    """What in a row says whose it is, beside its key; nothing where the key itself is an identifier of the person."""
    if any(one.primary_key and one.identity for one in table.fields):
        return {}
    telling = (one.name for one in table.fields if (one.identity or one.references) and not one.primary_key)
    return {name: row[name] for name in telling if any(True for _ in values_at(row, name))}


def _known_by_now(person: Wanted, table: Table, mark: Mark) -> Mapping[str, object]:
    """What a marked row may say of whose it is: what it said then, or an identifier that is right by now.

    A restriction often ends with a correction of just that.
    """
    now = {key.name: key.values for key in finding.by_kind(person.identifiers)}
    kinds = {name: one.identity for name, one in table.walk()}
    return {name: (then, *now.get(kinds.get(name) or "", ())) for name, then in mark.known_by.items()}


def _key(table: Table, row: Row) -> Mapping[str, object]:
    return {name: row.get(name) for name in table.primary_key}
