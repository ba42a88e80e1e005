"""Find what the systems hold of a person: who is looked for, what is asked of which table, what was found so far."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from privacy.authz.actors import SERVICE, Realm
from privacy.crypto.owner_keys import OwnerKey
from privacy.dsar import cases
from privacy.dsar.execution import tasks
from privacy.dsar.execution.leases import Held
from privacy.dsar.execution.tasks import Result, SealedKey, Work
from privacy.dsar.models import DataSubjectRequest, RequestTask
from privacy.dsar.vocabulary import CaseType, ProofLevel, TaskKind, TaskState
from privacy.dsar.workflow import HANDED_OUT
from privacy.errors import InvalidInput
from privacy.programme import service as programmes
from privacy.programme.data_map import ConnectorKind, DataField, System, Table
from privacy.programme.types import Programme
from privacy.subjects import service as subjects
from privacy.systems.connector import Found, Key, Row, SystemRefused
from privacy.systems.graph import Graph, Identifier, Node, Searched, Spot, Value, compared, row_id, values_at

#: Types whose requests look into the systems.
SEARCHING = frozenset(
    {
        CaseType.ACCESS,
        CaseType.PORTABILITY,
        CaseType.ERASURE,
        CaseType.RECTIFICATION,
        CaseType.RESTRICTION,
        CaseType.OBJECTION,
    }
)
#: Reached table by table; the others are asked once, as a whole.
_BY_TABLES = frozenset({ConnectorKind.SQL, ConnectorKind.HTTP})


@dataclass(frozen=True)
class Wanted:
    """The person who is looked for, and where."""

    programme: Programme
    systems: Mapping[str, System]
    graph: Graph
    identifiers: tuple[Identifier, ...] = field(repr=False)
    members: frozenset[UUID]
    realm: Realm
    _trusted: dict[tuple[str, Value], bool | None] = field(default_factory=dict, repr=False, compare=False)

    def trust(self, kind: str, value: Value) -> bool | None:
        """Whether an identifier found on the way names nobody else whom this service knows.

        None where it is none: the words that people write into a field for telephone numbers. Each is looked up once.
        """
        if (kind, value) not in self._trusted:
            self._trusted[kind, value] = self._trusts(kind, value)
        return self._trusted[kind, value]

    def _trusts(self, kind: str, value: Value) -> bool | None:
        actor = replace(SERVICE, realm=self.realm)
        try:
            naming = subjects.name_of(self.programme, actor, {kind: str(value)})
        except InvalidInput:
            return None
        return set(subjects.find_ids(naming)) <= self.members

    @property
    def whole_systems(self) -> tuple[System, ...]:
        """The systems that are asked once and as a whole, by their codes."""
        every = sorted(self.systems.items())
        return tuple(system for _, system in every if system.connector not in _BY_TABLES)


@dataclass(frozen=True)
class Picture:
    """What is known of the person in the systems at the moment."""

    searched: Searched
    #: By which values each table was asked in each look.
    asked: Mapping[int, Mapping[Spot, frozenset[Value]]] = field(repr=False)
    #: In how many rounds each table was asked in each look.
    rounds: Mapping[tuple[int, Node], int]
    #: Tables of which a person decided that they are not searched.
    given_up: frozenset[Node]


def wanted(row: DataSubjectRequest) -> Wanted:
    """Whom a request is about, by identifiers that are on file; raises what the subject's lookup raises.

    What only the request names is a claim and searches nothing, unless a person decided that it is right, or nothing
    is handed out or deleted by it (an objection).
    """
    programme, realm = programmes.current(), Realm(row.realm)
    members = frozenset[UUID]()
    if row.subject_id is not None:
        members = subjects.natural_person(row.subject_id)
        known = _on_file(members, programme, realm)
    elif row.proof_level == ProofLevel.DECIDED or row.case_type == CaseType.OBJECTION:
        known = [Identifier(one.kind, one.value) for one in cases.matter_of(row).named]
    else:
        known = []
    # Made-up people are in no real system.
    systems = [s for s in programme.systems.values() if row.controller in s.controllers and realm is Realm.LIVE]
    found = Wanted(programme, {s.code: s for s in systems}, _graph(programme, systems), (), members, realm)
    if row.subject_id is None:  # It may be somebody whom this service knows.
        known = [replace(one, sure=bool(found.trust(one.kind, one.value))) for one in known]
    return replace(found, identifiers=tuple(known))


def _on_file(members: frozenset[UUID], programme: Programme, realm: Realm) -> list[Identifier]:
    found: dict[tuple[str, str], Identifier] = {}
    for contact in subjects.own_contacts(members, programme=programme, realm=realm):
        if not contact.reassigned:
            for value in (contact.name.normal.key, contact.name.normal.given):
                kind = contact.name.kind.value
                found[kind, value] = Identifier(kind, value, sure=not contact.shared)
    for one in subjects.own_identifiers(members):
        if one.retired_at is None and one.type in programme.identifier_types:
            found[one.type, one.value] = Identifier(one.type, one.value, programme.identifier_types[one.type].links)
    return list(found.values())


def _graph(programme: Programme, systems: Iterable[System]) -> Graph:
    one_per_person = {code for code, one in programme.identifier_types.items() if one.one_per_person}
    asked = [system for system in systems if system.connector in _BY_TABLES]
    return Graph.of(asked, programme.data_sets, one_per_person=one_per_person)


def table_of(person: Wanted, task: RequestTask | Held) -> Table:
    """The table that a task asks; raises `SystemRefused` where the data map has it no more."""
    if not task.place:
        if task.system not in person.systems:
            raise SystemRefused(f"The programme has no system {task.system} any more.")
        return _as_one_table(person.systems[task.system], person.identifiers)
    data_set, _, table = task.place.partition(".")
    try:
        return person.graph.tables[Node(task.system, data_set, table)]
    except KeyError:
        raise SystemRefused(f"The data map has no {task.place} in {task.system} any more.") from None


def begin(row: DataSubjectRequest, key: OwnerKey, person: Wanted) -> None:
    """Add the first tasks, in the open unit of work."""
    if CaseType(row.case_type) not in SEARCHING or not person.identifiers:
        return
    named = by_kind(person.identifiers)
    if named and CaseType(row.case_type) in HANDED_OUT:
        for system in person.whole_systems:
            tasks.add(row, key, TaskKind.FIND, system.code, work=Work(named))
    ask_on(row, key, picture(person, [], key), look=0)


def ask_on(row: DataSubjectRequest, key: OwnerKey, seen: Picture, *, look: int) -> int:
    """Add what follows from what was found, in the open unit of work; says how many tasks that are.

    A later look asks everything again that the one before it asked: what led there may be changed by now.
    """
    again = seen.asked.get(look - 1, {})
    keys = {spot: seen.searched.keys.get(spot, frozenset()) | again.get(spot, frozenset()) for spot in again}
    searched = replace(seen.searched, keys={**seen.searched.keys, **keys})
    questions = [q for q in searched.questions(seen.asked.get(look, {})) if q.node not in seen.given_up]
    for question in questions:
        work = Work(tuple(SealedKey(one.name, one.values) for one in question.keys))
        place, system = question.node.place, question.node.system
        round_ = seen.rounds.get((look, question.node), 0)
        tasks.add(row, key, TaskKind.FIND, system, place=place, look=look, round_=round_, work=work)
    return len(questions)


def picture(person: Wanted, rows: Sequence[RequestTask], key: OwnerKey) -> Picture:
    """What is known from these tasks of finding."""
    found: dict[Node, list[Row]] = defaultdict(list)
    asked: dict[int, dict[Spot, frozenset[Value]]] = defaultdict(dict)
    rounds: dict[tuple[int, Node], int] = {}
    decided: dict[str, bool] = {}
    given_up: set[Node] = set()
    for row in rows:
        node = node_of(row)
        if row.kind != TaskKind.FIND or node not in person.graph.tables:
            continue
        rounds[row.look, node] = max(rounds.get((row.look, node), 0), row.round + 1)
        for one in tasks.work_of(row, key).keys:
            spot = Spot(node, one.name)
            asked[row.look][spot] = asked[row.look].get(spot, frozenset()) | frozenset(one.values)
        if row.state == TaskState.EXCEPTED:
            given_up.add(node)
        else:
            result = tasks.result_of(row, key)
            found[node] += result.rows
            decided |= result.decided
    searched = person.graph.search(person.identifiers, found, decided=decided, trust=person.trust)
    return Picture(searched, asked, rounds, frozenset(given_up))


def node_of(row: RequestTask | Held) -> Node:
    """The table of a task; one that no map has where it is a whole system's."""
    data_set, _, table = row.place.partition(".")
    return Node(row.system, data_set, table)


def ids_of(person: Wanted, node: Node, rows: Iterable[Row]) -> list[str]:
    """What tells these rows of a table from others."""
    table = person.graph.tables[node]
    return [row_id(node, table, row) for row in rows]


def matching(table: Table, keys: Iterable[Key], rows: Iterable[Row]) -> tuple[Row, ...]:
    """The rows that match what was asked: a system that answers more than that is not believed."""
    kinds = {name: one.identity for name, one in table.walk()}
    asked = {one.name: {compared(kinds.get(one.name), value) for value in one.values} for one in keys}

    def matches(row: Row) -> bool:
        return any(
            compared(kinds.get(name), value) in values
            for name, values in asked.items()
            for value in values_at(row, name)
        )

    return tuple(row for row in rows if matches(row))


def result_of(held: Held, table: Table, found: Found) -> Result:
    """What is kept of an answer; of a whole system what it says, for nobody else can tell what it means."""
    rows = matching(table, keys_of(held.work), found.rows) if held.place else found.rows
    return Result(rows=rows, files=found.files)


def fresh(held: Held, table: Table, rows: Sequence[Row], key: OwnerKey) -> int:
    """How many rows no other task of the same look has found; a second spelling of an address finds some again."""
    if not (held.place and held.round):
        return len(rows)
    node = node_of(held)
    seen = {
        row_id(node, table, row)
        for task in tasks.of_request(held.request_id, TaskKind.FIND)
        if node_of(task) == node and task.look == held.look and task.id != held.id and task.state == TaskState.DONE
        for row in tasks.result_of(task, key).rows
    }
    return sum(row_id(node, table, row) not in seen for row in rows)


def keys_of(work: Work) -> list[Key]:
    """By which values to look."""
    return [Key(one.name, one.values) for one in work.keys]


def by_kind(identifiers: Iterable[Identifier]) -> tuple[SealedKey, ...]:
    """The sure identifiers, for a system that is asked as a whole: a shared contact is not told to anybody."""
    found: dict[str, list[Value]] = defaultdict(list)
    for one in identifiers:
        if one.sure:
            found[one.kind].append(one.value)
    return tuple(SealedKey(kind, tuple(dict.fromkeys(values))) for kind, values in sorted(found.items()))


def _as_one_table(system: System, identifiers: Iterable[Identifier]) -> Table:
    kinds = sorted({one.kind for one in identifiers})
    fields = tuple(DataField(kind, identity=kind, same_person=True) for kind in kinds)
    return Table(system.code, None, fields, None, None)
