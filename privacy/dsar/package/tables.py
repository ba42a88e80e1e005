"""The tables of a package: what was found, with what the data map says of it. Pure.

Fields that the map hides are not in it, nor values that would serve as proof of identity elsewhere (passwords, codes,
keys: `user.authorization`): that they are held is said, what they are is not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from privacy.dsar.execution.results import FoundFile, FoundTable
from privacy.dsar.execution.tasks import OWN_SYSTEM
from privacy.dsar.matter import Decision, Refused
from privacy.dsar.vocabulary import Ground
from privacy.programme.data_map import DataField, Table
from privacy.programme.types import LegalBasis, Programme

#: Its tables, and which of their fields the person provided.
_OWN = {
    "contacts": ("kind value source held_from held_until", "kind value"),
    "identifiers": ("kind value source held_from held_until", ""),
    "consents": (
        "act purpose channel claimed_at received_at wording notice locale source proof mandate no_effect annulled",
        "act purpose channel claimed_at locale",
    ),
    "contact_preferences": ("channel topics frequency set_at", "channel topics frequency"),
    "standings": ("standing since until", ""),
    "requests": ("number case_type intake received_at state outcome ended_at", ""),
    "events": ("at action by", ""),
}
_SECRET = "user.authorization"  # noqa: S105  # a category of data, not a secret
_UNSAFE = re.compile(r"[^A-Za-z0-9_.-]+")


@dataclass(frozen=True)
class LeftOut:
    """In the place of a value that is not handed out."""

    #: None for a secret, which is no refusal.
    ground: Ground | None


@dataclass(frozen=True)
class HeldTable:
    """What is held about the person in one table."""

    system: str
    data_set: str
    table: str
    #: Purposes of the programme that the data serve.
    purposes: tuple[str, ...]
    #: What the data map says; None for a system that was asked as a whole.
    mapped: Table | None
    rows: tuple[Mapping[str, Any], ...] = field(repr=False)
    #: Rows of the table that are withheld as a whole, and why.
    withheld: int = 0
    ground: Ground | None = None

    @property
    def place(self) -> str:
        """`data set.table`, as the data map and decisions name it."""
        return f"{self.data_set}.{self.table}" if self.data_set else self.table

    def described(self) -> Mapping[str, DataField]:
        """The fields of the map by their path."""
        return dict(self.mapped.walk()) if self.mapped else {}


def tables_of(found: Iterable[FoundTable], programme: Programme) -> list[HeldTable]:
    """What was found, each row once, in order of system and table; this service's own data last."""
    rows: dict[tuple[str, str, str], dict[bytes, Mapping[str, Any]]] = {}
    for one in found:
        held = rows.setdefault((one.system, one.data_set, one.table), {})
        for row in one.rows:
            held.setdefault(spelled(row), row)
    return [_held(key, [*one.values()], programme) for key, one in sorted(rows.items(), key=_own_last)]


def spelled(row: Mapping[str, Any]) -> bytes:
    """A row as bytes, the same for equal rows."""
    return msgspec.json.encode(row, order="deterministic")


def portable(tables: Iterable[HeldTable], programme: Programme) -> list[HeldTable]:
    """What the person provided, where the processing rests on consent or contract (Art. 20(1)); no more of any row."""
    found = []
    for one in tables:
        provided = {path for path, about in one.described().items() if about.provided}
        if provided and (one.system == OWN_SYSTEM or rests_on_consent_or_contract(one.purposes, programme)):
            rows = tuple(row for row in (_only(row, provided) for row in one.rows) if row)
            found.append(replace(one, rows=rows))
    return found


def rests_on_consent_or_contract(purposes: Iterable[str], programme: Programme) -> bool:
    """Whether one of the purposes does."""
    wanted = {LegalBasis.CONSENT, LegalBasis.CONTRACT}
    return any(programme.purposes[code].legal_basis in wanted for code in purposes if code in programme.purposes)


def without_refused(tables: Iterable[HeldTable], decision: Decision | None) -> list[HeldTable]:
    """The tables without what was refused by system, table, field or purpose."""
    refused = decision.refused if decision else ()
    return [_without(one, refused) for one in tables]


def files_without_refused(files: Iterable[FoundFile], decision: Decision | None) -> list[FoundFile]:
    """The files that came instead of rows, but for those of systems that were refused."""
    refused = {each.what for each in decision.refused} if decision else set()
    return [one for one in files if not refused & {None, one.system}]


def paths(tables: Iterable[HeldTable]) -> dict[str, HeldTable]:
    """Where each table stands in the archive, without suffix: plain names, none twice, whatever a system calls them."""
    given: dict[str, HeldTable] = {}
    taken: set[str] = set()
    for one in tables:
        path = base = f"{plain_name(one.system)}/{plain_name(one.place)}"
        number = 1
        while path.casefold() in taken:
            number += 1
            path = f"{base}-{number}"
        taken.add(path.casefold())
        given[path] = one
    return given


def plain_name(name: str) -> str:
    """A name as every file system takes it: no separator, no dot in front, no sign but `_`, `.` and `-`."""
    return _UNSAFE.sub("_", name).lstrip(".-")[:100].rstrip(".") or "_"


def values_at(row: Any, path: str) -> Iterator[Any]:
    """The values of a field, which nested lists may make several; none where it is not there or empty."""
    name, _, rest = path.partition(".")
    if isinstance(row, Mapping):
        if path in row:
            found, rest = row[path], ""
        else:
            found = row.get(name)
        if rest:
            yield from values_at(found, rest)
        elif found is not None and found not in ("", [], {}):
            yield found
    elif isinstance(row, list | tuple):
        for one in row:
            yield from values_at(one, path)


def put_at(row: Any, path: str, value: Any) -> Any:
    """A copy of the row with every value of a field replaced."""
    name, _, rest = path.partition(".")
    if isinstance(row, Mapping):
        if path in row:
            return {**row, path: value}
        if name in row and rest:
            return {**row, name: put_at(row[name], rest, value)}
        return row
    if isinstance(row, list | tuple):
        return [put_at(one, path, value) for one in row]
    return row


def without_at(row: Any, path: str) -> Any:
    """A copy of the row without a field."""
    name, _, rest = path.partition(".")
    if isinstance(row, Mapping):
        if path in row or not rest:
            return {key: value for key, value in row.items() if key != path}
        return {**row, name: without_at(row[name], rest)} if name in row else row
    if isinstance(row, list | tuple):
        return [without_at(one, path) for one in row]
    return row


def _own_last(item: tuple[tuple[str, str, str], Any]) -> tuple[bool, tuple[str, str, str]]:
    return item[0][0] == OWN_SYSTEM, item[0]


def _held(key: tuple[str, str, str], rows: Sequence[Mapping[str, Any]], programme: Programme) -> HeldTable:
    system, data_set, table = key
    mapped = _own(table) if system == OWN_SYSTEM else None
    if known := programme.data_sets.get(data_set):
        mapped = known.tables.get(table)
    described = programme.systems.get(system)
    purposes = (mapped.purposes if mapped else ()) or (described.purposes if described else ())
    return HeldTable(system, data_set, table, purposes, mapped, tuple(_shown(row, mapped) for row in rows))


def _own(name: str) -> Table | None:
    if name not in _OWN:
        return None
    every, provided = (names.split() for names in _OWN[name])
    return Table(name, None, tuple(DataField(one, provided=one in provided) for one in every), None, None)


def _shown(row: Mapping[str, Any], mapped: Table | None) -> Mapping[str, Any]:
    for path, about in mapped.walk() if mapped else ():
        if about.hidden:
            row = without_at(row, path)
        elif any(category.startswith(_SECRET) for category in about.categories) and any(
            True for _ in values_at(row, path)
        ):
            row = put_at(row, path, LeftOut(None))
    return row


def _only(row: Any, wanted: set[str], prefix: str = "") -> Any:
    """The row with these fields alone; a field that is wanted comes with all that is inside it."""
    if isinstance(row, list | tuple):
        return [one for one in (_only(one, wanted, prefix) for one in row) if one]
    if not isinstance(row, Mapping):
        return None
    kept = {}
    for name, value in row.items():
        path = prefix + name
        if path in wanted:
            kept[name] = value
        elif any(one.startswith(path + ".") for one in wanted) and (inner := _only(value, wanted, path + ".")):
            kept[name] = inner
    return kept


def _without(one: HeldTable, refused: Sequence[Refused]) -> HeldTable:
    for each in refused:
        if _is_whole(one, each):
            return replace(one, rows=(), withheld=len(one.rows), ground=each.ground)
    rows = one.rows
    for each in refused:
        for path in one.described():
            if each.what in {path, f"{one.place}.{path}"}:
                rows = tuple(
                    put_at(row, path, LeftOut(each.ground)) if any(True for _ in values_at(row, path)) else row
                    for row in rows
                )
    return replace(one, rows=rows)


def _is_whole(one: HeldTable, refused: Refused) -> bool:
    return refused.what in {None, one.system, one.place} or (one.purposes != () and {*one.purposes} == {refused.what})
