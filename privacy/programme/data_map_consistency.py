"""What no single field of the data map can show: references that lead nowhere, erasures that would leave something.

A data set that no system holds is only described, and nobody acts on it: so files of Fides load as they are. What must
be said before anything is erased is asked for as soon as a system names the data set.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from privacy.programme import data_map_build, data_map_tables, retention_consistency
from privacy.programme.checking import Checking
from privacy.programme.data_map import ConnectorKind, DataSet
from privacy.programme.data_map_places import held_by, tables_of
from privacy.yaml_document import Path

Entry = dict[str, Any]

#: Connectors that ask by table and field; the others are asked about the person as a whole.
BY_TABLE = frozenset({ConnectorKind.SQL.value, ConnectorKind.HTTP.value})


def check(checking: Checking, content: Mapping[str, Any]) -> None:
    """Note every contradiction of the data map. What the form check found broken is passed over."""
    systems = list(_whole(checking, content, "systems"))
    entries = [(path, one) for path, one in _whole(checking, content, "data_sets") if _named_once(checking, path, one)]
    _categories_twice(checking, content)
    holders = held_by(checking, systems)
    for path, system in systems:
        _system(checking, content, path, system)
    keys = Counter(entry["fides_key"] for _, entry in entries)
    built = data_map_build.data_sets([e for _, e in entries if keys[e["fides_key"]] == 1], [s for _, s in systems])
    for path, entry in entries:
        if entry["fides_key"] in holders.keys() & built.keys():
            connector = holders[entry["fides_key"]]["connector"]
            seen = data_map_tables.Seen(checking, content, built, holders, by_table=connector in BY_TABLE)
            data_map_tables.check(seen, path, entry)
    for path, system in systems:
        _endpoints(checking, path, system, built)
    retention_consistency.check(checking, content, built, holders, entries)


def _whole(checking: Checking, content: Mapping[str, Any], section: str) -> Iterator[tuple[Path, Entry]]:
    for index, entry in enumerate(content.get(section) or ()):
        if entry is not None and not checking.is_broken_below((section, index)):
            yield (section, index), entry


def _named_once(checking: Checking, path: Path, data_set: Entry) -> bool:
    """Whether no two tables, and no two fields of one, have the same name."""
    found = list(_twice((*path, "collections"), data_set["collections"]))
    for table_path, table in tables_of(path, data_set):
        found += _fields_twice((*table_path, "fields"), table["fields"])
    for place in found:
        checking.wrong(place, "This name is given twice.", "Remove or rename one.")
    return not found


def _fields_twice(path: Path, fields: list[Entry]) -> list[Path]:
    inner = [
        found for i, one in enumerate(fields) for found in _fields_twice((*path, i, "fields"), one.get("fields", []))
    ]
    return [*_twice(path, fields), *inner]


def _twice(path: Path, named: list[Entry]) -> Iterator[Path]:
    names = [one["name"] for one in named]
    return ((*path, index, "name") for index, name in enumerate(names) if name in names[:index])


def _categories_twice(checking: Checking, content: Mapping[str, Any]) -> None:
    seen: dict[str, str] = {}
    for index, category in enumerate(content.get("data_categories") or ()):
        for place, key in enumerate((category or {}).get("fideslang") or ()):
            if key in seen:
                wrong = f"{key} is {seen[key]} already."
                checking.wrong(("data_categories", index, "fideslang", place), wrong, "Let it be one category.")
            seen.setdefault(key, str(category["code"]))


def _system(checking: Checking, content: Mapping[str, Any], path: Path, system: Entry) -> None:
    if system["connector"] in BY_TABLE and not system["data_sets"]:
        mend = "Name the data sets that it holds."
        checking.wrong((*path, "data_sets"), "Nothing says what there is to ask for.", mend)
    processors = {p["code"]: p["controllers"] or [] for p in content.get("processors") or () if p}
    parties = processors.get(system["processor"])
    strangers = [code for code in system["controllers"] if parties is not None and code not in parties]
    if strangers:
        wrong = f"Its agreement does not name: {', '.join(strangers)} (Art. 28(3))."
        checking.wrong((*path, "processor"), wrong, "Add the controller to the processor, or another system.")
    for index, one in enumerate(system["settings"].get("identities", ())):
        known = checking.codes("contact_kinds") + checking.codes("identifier_types")
        if one["identity"] not in known:
            place = (*path, "settings", "identities", index, "identity")
            checking.unknown(place, one["identity"], known, "contact kind or identifier type")


def _endpoints(checking: Checking, path: Path, system: Entry, built: Mapping[str, DataSet]) -> None:
    """An API describes tables that the data map has, and finds them by fields that these have."""
    if system["connector"] != ConnectorKind.HTTP:
        return
    tables = {
        name: table for held in system["data_sets"] if held in built for name, table in built[held].tables.items()
    }
    for index, described in enumerate(system["settings"]["tables"]):
        place = (*path, "settings", "tables", index)
        if described["table"] not in tables:
            checking.unknown((*place, "table"), described["table"], tables, "table of its data sets")
            continue
        fields = [name for name, _ in tables[described["table"]].walk()]
        for number, read in enumerate(described["read"]):
            if read["by"] not in fields:
                checking.unknown((*place, "read", number, "by"), read["by"], fields, "field of this table")
