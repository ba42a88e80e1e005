"""From checked entries of `data_sets` and `systems` to the data map. Checks nothing itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from privacy.programme import fideslang
from privacy.programme.data_map import (
    ConnectorKind,
    DataField,
    DataSet,
    Direction,
    Keeping,
    Place,
    Reference,
    Strategy,
    System,
    Table,
)
from privacy.programme.vocabulary import RetentionTrigger

Entry = Mapping[str, Any]

#: What Fideslang calls the block of its own notes now, and once did.
_META = ("fides_meta", "fidesops_meta", "fidesctl_meta")


def system(entry: Entry) -> System:
    """The system of a checked entry."""
    fields = {name: value for name, value in entry.items() if name != "on_erasure"}
    fields |= {name: tuple(entry[name]) for name in ("controllers", "data_sets", "purposes")}
    return System(**{**fields, "connector": ConnectorKind(entry["connector"])})


def data_sets(entries: Iterable[Entry], systems: Iterable[Entry]) -> dict[str, DataSet]:
    """Every data set, by its key; what it says nothing of is filled in from the system that holds it."""
    entries = list(entries)
    names = {entry["fides_key"]: [table["name"] for table in entry["collections"]] for entry in entries}
    defaults = {
        held: Strategy(one["on_erasure"]) for one in systems if "on_erasure" in one for held in one["data_sets"]
    }
    return {
        entry["fides_key"]: _Reading(entry, names, defaults.get(entry["fides_key"])).data_set() for entry in entries
    }


def meta(entry: Entry) -> Entry:
    """The notes of a data set, table or field that Fideslang keeps apart."""
    return next((entry[name] for name in _META if entry.get(name)), {})


def place(data_set: str, words: str, tables: Iterable[str]) -> Place:
    """The field that `table.field` names. A table whose own name has dots is known by being there."""
    table = max((name for name in tables if words.startswith(f"{name}.")), key=len, default=None)
    if table is None:
        table = words.split(".", 1)[0]
    return Place(data_set, table, words[len(table) + 1 :])


def is_personal(categories: Iterable[str]) -> bool:
    """Whether any of the categories is about people: one of ours, or one below Fideslang's `user`."""
    return any(fideslang.root(category) != "system" for category in categories)


@dataclass(frozen=True)
class _Reading:
    """One data set on its way."""

    entry: Entry
    #: The tables of every data set.
    names: Mapping[str, list[str]]
    #: What the system says for all that is left open here.
    on_erasure: Strategy | None

    def data_set(self) -> DataSet:
        """The data set. Tables that Fides is told to skip are not asked, and stand apart."""
        skipped = tuple(t["name"] for t in self.entry["collections"] if meta(t).get("skip_processing"))
        return DataSet(
            code=self.entry["fides_key"],
            name=self.entry.get("name") or self.entry["fides_key"],
            description=self.entry.get("description"),
            tables={t["name"]: self._table(t) for t in self.entry["collections"] if t["name"] not in skipped},
            skipped=skipped,
        )

    def _table(self, entry: Entry) -> Table:
        notes, ours = meta(entry), entry.get("privacy", {})
        categories = tuple(entry.get("data_categories") or self.entry.get("data_categories") or ())
        strategy = _strategy(ours)
        if "masking_strategy_override" in notes and strategy is None:
            strategy = Strategy.DELETE_ROW  # the one strategy that Fideslang has for a table
        table = Table(
            name=entry["name"],
            description=entry.get("description"),
            fields=tuple(self._field(one, categories) for one in entry["fields"]),
            on_erasure=strategy,
            keeping=_keeping(ours),
            erase_after=tuple(one.removeprefix(f"{self.entry['fides_key']}.") for one in notes.get("erase_after", ())),
            restricted_field=ours.get("restricted_field"),
            restricted_value=ours.get("restricted_value", True) if "restricted_field" in ours else None,
            purposes=tuple(ours.get("purposes", ())),
            descriptions=ours.get("descriptions", {}),
        )
        return self._filled_in(table)

    def _field(self, entry: Entry, inherited: tuple[str, ...]) -> DataField:
        notes, ours = meta(entry), entry.get("privacy", {})
        categories = tuple(entry.get("data_categories") or inherited)
        third_party = ours.get("third_party", False)
        masking = notes.get("masking_strategy_override")
        usual = is_personal(categories) and not third_party and not all(map(fideslang.derived, categories))
        return DataField(
            name=entry["name"],
            description=entry.get("description"),
            categories=categories,
            identity=fideslang.identity(notes["identity"]) if "identity" in notes else None,
            same_person=ours.get("same_person", False),
            primary_key=notes.get("primary_key", False),
            references=tuple(map(self._reference, notes.get("references", ()))),
            data_type=notes.get("data_type"),
            length=notes.get("length"),
            on_erasure=_strategy(ours) or (fideslang.strategy(masking["strategy"]) if masking else None),
            constant=ours.get("constant", _rewritten(masking)),
            keeping=_keeping(ours),
            provided=ours.get("provided", usual),
            third_party=third_party,
            hidden=ours.get("hidden", False),
            corrected_as=ours.get("corrected_as"),
            moments=tuple(map(RetentionTrigger, ours.get("moments", ()))),
            descriptions=ours.get("descriptions", {}),
            fields=tuple(self._field(one, categories) for one in entry.get("fields", ())),
        )

    def _reference(self, entry: Entry) -> Reference:
        direction = Direction(entry["direction"]) if "direction" in entry else None
        return Reference(place(entry["dataset"], entry["field"], self.names.get(entry["dataset"], ())), direction)

    def _filled_in(self, table: Table) -> Table:
        if self.on_erasure is None or table.on_erasure is not None:
            return table
        if self.on_erasure is not Strategy.DELETE_ROW:
            return replace(table, fields=tuple(_with_default(one, self.on_erasure) for one in table.fields))
        says = any(one.on_erasure for _, one in table.walk())
        return replace(table, on_erasure=Strategy.DELETE_ROW) if needs_strategy(table) and not says else table


def needs_strategy(table: Table) -> tuple[str, ...]:
    """The fields of which the map must say what an erasure does, as far as they or their table do not say it."""
    if table.on_erasure is not None:
        return ()
    return tuple(name for name, one in table.walk() if one.on_erasure is None and _holds_personal_data(one))


def _holds_personal_data(one: DataField) -> bool:
    """Not a mere key, which tells nothing once what it leads to is gone. Objects say it field by field."""
    is_key = one.identity is None and bool(one.primary_key or one.references)
    return not one.fields and not is_key and (one.identity is not None or is_personal(one.categories))


def _with_default(one: DataField, strategy: Strategy) -> DataField:
    fields = tuple(_with_default(inner, strategy) for inner in one.fields)
    takes = _holds_personal_data(one) and not one.primary_key
    return replace(one, fields=fields, on_erasure=one.on_erasure or (strategy if takes else None))


def _strategy(ours: Entry) -> Strategy | None:
    return Strategy(ours["on_erasure"]) if "on_erasure" in ours else None


def _keeping(ours: Entry) -> Keeping | None:
    return Keeping(ours["keep"]["rule"], ours["keep"].get("counted_from")) if "keep" in ours else None


def _rewritten(masking: Entry | None) -> str | int | None:
    """What Fides writes for a value with `string_rewrite`."""
    configuration = (masking or {}).get("configuration")
    value = configuration.get("rewrite_value") if isinstance(configuration, Mapping) else None
    return value if isinstance(value, str | int) else None
