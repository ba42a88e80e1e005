"""What must be right of each table and field that somebody may be erased from."""

from __future__ import annotations

import graphlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from privacy.programme import data_map_build, fideslang
from privacy.programme.checking import Checking
from privacy.programme.data_map import DataField, DataSet, Keeping, Strategy, Table
from privacy.programme.data_map_places import Entry, fields_of, tables_of
from privacy.yaml_document import Path

#: What writes text over a value.
_WRITES_TEXT = frozenset({Strategy.HASH, Strategy.MASK})
_NOT_TEXT = frozenset({"integer", "float", "boolean"})


@dataclass(frozen=True)
class Seen:
    """What a check of one data set may look at."""

    checking: Checking
    content: Mapping[str, Any]
    data_sets: Mapping[str, DataSet]
    #: The system of each data set that has one.
    holders: Mapping[str, Entry]
    #: Whether the system is asked by table and field.
    by_table: bool


def check(seen: Seen, path: Path, entry: Entry) -> None:
    """Note what is wrong with a data set that a system holds."""
    data_set = seen.data_sets[entry["fides_key"]]
    for table_path, table_entry in tables_of(path, entry):
        table = data_set.tables.get(table_entry["name"])
        if table is None:  # skipped
            continue
        _table(seen, table_path, table, table_entry.get("privacy", {}))
        fields = fields_of(table_path, table_entry)
        for name, one in table.walk():
            field_path, field_entry = fields[name]
            _field(seen, field_path, table, one)
            _read_only(seen, field_path, field_entry, one)
            _references(seen, field_path, one)
    _order(seen, path, entry, data_set)


def _table(seen: Seen, path: Path, table: Table, privacy: Entry) -> None:
    checking = seen.checking
    silent = data_map_build.needs_strategy(table)
    if silent:
        wrong = f"Nothing says what an erasure does with: {', '.join(silent)}."
        mend = "Give the table or each field privacy.on_erasure, or the system on_erasure for all that say nothing."
        checking.wrong(path, wrong, mend)
    _keeping(seen, path, table, table.on_erasure, table.keeping)
    if seen.by_table and not table.primary_key and _changes(table):
        mend = "Mark its fields with fides_meta.primary_key: true."
        checking.wrong(path, "Its rows are to be changed, and nothing says which fields tell them apart.", mend)
    names = [name for name, _ in table.walk()]
    if table.restricted_field is not None and table.restricted_field not in names:
        place = (*path, "privacy", "restricted_field")
        checking.unknown(place, table.restricted_field, names, "field of this table")
    if "restricted_value" in privacy and table.restricted_field is None:
        place = (*path, "privacy", "restricted_value")
        checking.wrong(place, "It does not say which field marks a restricted row.", "Add restricted_field.")


def _changes(table: Table) -> bool:
    """Whether rows of the table are ever changed or deleted."""
    by_field = any(one.on_erasure not in {None, Strategy.KEEP} or one.corrected_as for _, one in table.walk())
    return by_field or table.on_erasure is Strategy.DELETE_ROW or table.restricted_field is not None


def _field(seen: Seen, path: Path, table: Table, one: DataField) -> None:
    for wrong, mend in (*_contradictions(table, one), *_misfits(one)):
        seen.checking.wrong(path, wrong, mend)
    _keeping(seen, path, table, one.on_erasure, one.keeping)
    _known(seen, path, one)


def _contradictions(table: Table, one: DataField) -> list[tuple[str, str]]:
    goes, says = table.on_erasure is Strategy.DELETE_ROW, one.on_erasure
    changed = says not in {None, Strategy.KEEP}
    checks = {
        ("Its whole row is deleted.", "Remove on_erasure here, or at the table."): goes and says is not None,
        ("Without an identity there is no other identifier here.", "Remove same_person, or add fides_meta.identity."): (
            one.same_person and one.identity is None
        ),
        ("A primary key cannot be changed while its row stays.", "Delete the row, or keep the key."): (
            one.primary_key and changed
        ),
        ("Personal data cannot be hidden from the person (Art. 15).", "Remove hidden, or its data categories."): (
            one.hidden and (one.identity is not None or data_map_build.is_personal(one.categories))
        ),
        ("Only a field with on_erasure: constant has one.", "Remove constant, or write on_erasure: constant."): (
            one.constant is not None and says is not Strategy.CONSTANT
        ),
        ("It does not say which constant.", "Add privacy.constant."): (
            one.constant is None and says is Strategy.CONSTANT
        ),
        ("An object is erased field by field.", "Say on_erasure of its fields, or null to empty it."): (
            bool(one.fields) and changed and says is not Strategy.NULL
        ),
    }
    return [words for words, is_so in checks.items() if is_so]


def _misfits(one: DataField) -> list[tuple[str, str]]:
    data_type = (one.data_type or "").removesuffix(fideslang.LIST)
    number = isinstance(one.constant, int)
    checks = {
        (f"The constant is longer than {one.length} characters.", "Write a shorter one."): (
            one.length is not None and one.constant is not None and len(str(one.constant)) > one.length
        ),
        (f"The constant is no {data_type}.", "Write one of the field's own type."): (
            one.constant is not None and bool(data_type) and number is not (data_type in _NOT_TEXT)
        ),
        (f"A pseudonym is text, and this is {data_type}.", "Write on_erasure: null or constant."): (
            one.on_erasure in _WRITES_TEXT and data_type in _NOT_TEXT
        ),
    }
    return [words for words, is_so in checks.items() if is_so]


def _keeping(seen: Seen, path: Path, table: Table, strategy: Strategy | None, keeping: Keeping | None) -> None:
    checking, place = seen.checking, (*path, "privacy", "keep")
    if strategy is Strategy.KEEP and keeping is None and table.keeping is None:
        checking.wrong(path, "It does not say why it is kept.", "Add privacy.keep with a retention rule.")
    if keeping is None:
        return
    if strategy is not Strategy.KEEP:
        checking.wrong(place, "It is not kept.", "Write on_erasure: keep, or remove keep.")
    periods = {rule["code"]: rule["period"] for rule in seen.content.get("retention_rules") or () if rule}
    if periods.get(keeping.rule, "") is None:
        mend = "Name a rule with a period, so that it ends some day."
        checking.wrong((*place, "rule"), f"{keeping.rule} has no period.", mend)
    names = [name for name, _ in table.walk()]
    if keeping.counted_from is not None and keeping.counted_from not in names:
        checking.unknown((*place, "counted_from"), keeping.counted_from, names, "field of this table")


def _known(seen: Seen, path: Path, one: DataField) -> None:
    checking = seen.checking
    identities = checking.codes("contact_kinds") + checking.codes("identifier_types")
    if one.identity is not None and one.identity not in identities:
        checking.unknown(path, one.identity, identities, "contact kind or identifier type")
    ours = checking.codes("data_categories")
    for category in one.categories:
        if category not in ours and fideslang.root(category) not in fideslang.ROOTS:
            checking.unknown(path, category, [*ours, *fideslang.ROOTS], "data category of ours, nor a key of Fideslang")


def _read_only(seen: Seen, path: Path, entry: Entry, one: DataField) -> None:
    changed = one.on_erasure not in {None, Strategy.KEEP} or one.corrected_as is not None
    if changed and data_map_build.meta(entry).get("read_only"):
        mend = "Remove read_only, or what would change it."
        seen.checking.wrong(path, "It is read only, and an erasure or a correction would change it.", mend)


def _references(seen: Seen, path: Path, one: DataField) -> None:
    for reference in one.references:
        to = reference.place
        data_set = seen.data_sets.get(to.data_set)
        if to.data_set not in seen.holders:
            what = "data set that a system holds"
            seen.checking.unknown(path, to.data_set, seen.holders, what)
        elif data_set is None:
            continue  # broken, and told already
        elif to.table not in data_set.tables:
            seen.checking.unknown(path, to.table, data_set.tables, f"table of {to.data_set}")
        elif to.field not in [name for name, _ in data_set.tables[to.table].walk()]:
            names = [name for name, _ in data_set.tables[to.table].walk()]
            seen.checking.unknown(path, to.field, names, f"field of {to.data_set}.{to.table}")


def _order(seen: Seen, path: Path, entry: Entry, data_set: DataSet) -> None:
    """Tables that wait for others: there are such, and no two for each other."""
    for table_path, table in tables_of(path, entry):
        for name in data_set.tables[table["name"]].erase_after if table["name"] in data_set.tables else ():
            if name not in data_set.tables:
                what = f"table of {data_set.code}: an order is kept within one data set only"
                seen.checking.unknown((*table_path, "fides_meta", "erase_after"), name, data_set.tables, what)
    order = graphlib.TopologicalSorter({name: table.erase_after for name, table in data_set.tables.items()})
    try:
        order.prepare()
    except graphlib.CycleError as error:
        circle = " -> ".join(error.args[1])
        seen.checking.wrong(path, f"Tables wait for each other: {circle}.", "Remove one of their erase_after.")
