"""What no single field of a retention rule can show: rules that never end, are about nothing, or ask what cannot be.

Nothing here says whether a period is right; that is the law's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from privacy.programme import fideslang
from privacy.programme.checking import Checking
from privacy.programme.data_map import DataField, DataSet, Place, Table
from privacy.programme.data_map_places import fields_of, tables_of
from privacy.programme.parties import OWN_SYSTEM
from privacy.programme.vocabulary import RetentionAction, RetentionTrigger
from privacy.yaml_document import Path

Entry = Mapping[str, Any]

#: Moments that may end a keeping themselves; of the others nobody keeps anything for no time at all.
_MAY_END_AT_ONCE = frozenset(
    {RetentionTrigger.CONSENT_ENDED, RetentionTrigger.ACCOUNT_CLOSED, RetentionTrigger.CONTRACT_END}
)
#: What this service knows of its own people.
OWN_MOMENTS = frozenset({RetentionTrigger.CONSENT_ENDED, RetentionTrigger.LAST_ACTIVITY, RetentionTrigger.CREATED})
#: What is said of a rule by which something is disposed of.
_OF_A_TRIGGER = ("covers", "fields", "financial_year_ends", "action", "approvals", "warning")
#: Fields that the map may mark as these: days and times are text for Fideslang.
_NEVER_MARKED = frozenset({RetentionTrigger.CONSENT_ENDED, RetentionTrigger.CUSTOM})
_NO_DAY = frozenset(fideslang.DATA_TYPES) - {"string"}


def check(
    checking: Checking,
    content: Mapping[str, Any],
    data_sets: Mapping[str, DataSet],
    holders: Mapping[str, Entry],
    entries: Sequence[tuple[Path, Entry]],
) -> None:
    """Note every contradiction. `data_sets` and `entries` are those of the map; `holders`: the system of each."""
    for index, rule in enumerate(content.get("retention_rules") or ()):
        path: Path = ("retention_rules", index)
        if rule is not None and not checking.is_broken_below(path):
            _rule(checking, path, rule)
            if "trigger" in rule:
                _Coverage(checking, path, rule, data_sets, holders).check()
    for index, system in enumerate(content.get("systems") or ()):
        if (system or {}).get("code") == OWN_SYSTEM:
            wrong = f"{OWN_SYSTEM} is what retention rules call this service's own store."
            checking.wrong(("systems", index, "code"), wrong, "Give the system another code.")
    for path, entry in entries:
        if entry["fides_key"] in data_sets:
            _marks(checking, path, entry, data_sets[entry["fides_key"]])


def _rule(checking: Checking, path: Path, rule: Entry) -> None:
    for name, wrong, mend in _contradictions(rule):
        checking.wrong((*path, name), wrong, mend)


def _contradictions(rule: Entry) -> Iterator[tuple[str, str, str]]:
    trigger, action = rule.get("trigger"), rule.get("action", RetentionAction.ERASE)
    if trigger is None:
        for name in _OF_A_TRIGGER:
            if name in rule:
                yield name, "Nothing is disposed of by a rule without a trigger.", "Add trigger, or remove this."
        return
    if rule["period"] is None and trigger not in _MAY_END_AT_ONCE:
        yield "period", f"From {trigger} on something is kept for a time, and it does not say how long.", "Add it."
    if (trigger == RetentionTrigger.CUSTOM) is not bool(rule.get("fields")):
        mend = 'Write trigger: custom and fields: ["data set.table.field"], or neither.'
        yield "fields", "The trigger custom and the fields that hold its moment belong together.", mend
    if "financial_year_ends" in rule and trigger != RetentionTrigger.FINANCIAL_YEAR_END:
        mend = "Remove it, or write trigger: financial_year_end."
        yield "financial_year_ends", "The rule does not count from the end of a financial year.", mend
    if "warning" in rule and action in {RetentionAction.REVIEW, RetentionAction.RESTRICT}:
        yield "warning", "A person is warned of what goes, and by this rule nothing goes.", "Remove the warning."


class _Coverage:
    """What one rule with a trigger is about."""

    def __init__(
        self,
        checking: Checking,
        path: Path,
        rule: Entry,
        data_sets: Mapping[str, DataSet],
        holders: Mapping[str, Entry],
    ) -> None:
        self._checking, self._path, self._rule = checking, path, rule
        self._data_sets, self._holders = data_sets, holders
        about = rule.get("covers") or {}
        self._systems: Sequence[str] = about.get("systems") or ()
        self._named: Sequence[str] = about.get("data_sets") or ()

    def check(self) -> None:
        for index, written in enumerate(self._rule.get("fields") or ()):
            self._custom((*self._path, "fields", index), written)
        if OWN_SYSTEM in self._systems:
            self._own()
        if self._rule.get("action") == RetentionAction.RESTRICT:
            self._can_be_marked()
        self._finds_something()

    def _custom(self, path: Path, written: str) -> None:
        try:
            place = Place.named(written)
        except ValueError:
            self._checking.wrong(path, "It names no field.", "Write data set.table.field.")
            return
        data_set = self._data_sets.get(place.data_set)
        if data_set is None or place.data_set not in self._holders:
            self._checking.unknown(path, place.data_set, self._holders, "data set that a system holds")
        elif place.table not in data_set.tables:
            self._checking.unknown(path, place.table, data_set.tables, f"table of {place.data_set}")
        else:
            table = data_set.tables[place.table]
            names = [one.name for one in table.fields]
            if place.field not in names:
                self._checking.unknown(path, place.field, names, f"field of {place.data_set}.{place.table}")
            elif _holds_no_day(table.field(place.field)):
                self._checking.wrong(path, "Such a field holds no day.", "Name one that holds a day or a time.")

    def _own(self) -> None:
        if self._rule["trigger"] not in OWN_MOMENTS:
            known = ", ".join(sorted(one.value for one in OWN_MOMENTS))
            wrong = "Nothing of this kind is known of the people in this service's own store."
            self._checking.wrong((*self._path, "trigger"), wrong, f"Use one of: {known}.")
        about = self._rule.get("covers") or {}
        if len(self._systems) > 1 or any(about.get(name) for name in ("data_sets", "data_categories", "purposes")):
            wrong = f"People in this service's own store are erased as a whole, by a rule for {OWN_SYSTEM} alone."
            self._checking.wrong((*self._path, "covers"), wrong, f"Write covers: {{systems: [{OWN_SYSTEM}]}}.")
        if self._rule.get("action", RetentionAction.ERASE) not in {RetentionAction.ERASE, RetentionAction.REVIEW}:
            wrong = "People in this service's own store are erased, or a person decides."
            self._checking.wrong((*self._path, "action"), wrong, "Write action: erase or review.")

    def _can_be_marked(self) -> None:
        for data_set, table in self._tables():
            if table.restricted_field is None and self._moments(data_set, table):
                wrong = f"Nothing marks a row of {data_set.code}.{table.name} as restricted."
                mend = "Give the table privacy.restricted_field, or the rule another action."
                self._checking.wrong((*self._path, "action"), wrong, mend)

    def _finds_something(self) -> None:
        """A rule that names where it applies is about something there; else it only looks as if it disposed of it."""
        systems = [code for code in self._systems if code != OWN_SYSTEM]
        by_hand = not set(systems) <= {holder["code"] for holder in self._holders.values()}  # as a whole, by a person
        if not (systems or self._named) or by_hand or self._rule["trigger"] == RetentionTrigger.CONSENT_ENDED:
            return
        if not any(self._moments(data_set, table) for data_set, table in self._tables()):
            wrong = f"It is about nothing there: no field is marked as its moment, {self._rule['trigger']}."
            mend = f"Mark a field with privacy.moments: [{self._rule['trigger']}], or change covers."
            self._checking.wrong((*self._path, "covers"), wrong, mend)

    def _tables(self) -> Iterator[tuple[DataSet, Table]]:
        for code, data_set in self._data_sets.items():
            holder = self._holders.get(code)
            if holder is None or (self._named and code not in self._named):
                continue
            if not self._systems or holder["code"] in self._systems:
                yield from ((data_set, table) for table in data_set.tables.values())

    def _moments(self, data_set: DataSet, table: Table) -> bool:
        """Whether rows of the table say when the rule's time begins."""
        keepings = [table.keeping, *(one.keeping for _, one in table.walk())]
        return (
            any(self._rule["trigger"] in one.moments for one in table.fields)
            or any(one and one.rule == self._rule["code"] and one.counted_from for one in keepings)
            or any(f"{data_set.code}.{table.name}." in written for written in self._rule.get("fields") or ())
        )


def _marks(checking: Checking, path: Path, entry: Entry, data_set: DataSet) -> None:
    """The fields that the map says to hold moments."""
    for table_path, table_entry in tables_of(path, entry):
        table = data_set.tables.get(table_entry["name"])
        if table is None:  # skipped
            continue
        for name, (field_path, _) in fields_of(table_path, table_entry).items():
            if table.field(name).moments:
                inside = all(one.name != name for one in table.fields)
                _marked(checking, (*field_path, "privacy", "moments"), table.field(name), inside=inside)


def _marked(checking: Checking, place: Path, one: DataField, *, inside: bool) -> None:
    if inside:
        checking.wrong(place, "Rows are not found by what stands inside an object.", "Mark a field of the row.")
    if _holds_no_day(one):
        checking.wrong(place, "Such a field holds no day.", "Mark one that holds a day or a time.")
    for moment in sorted(_NEVER_MARKED.intersection(one.moments)):
        mend = "Let the rule name the field." if moment is RetentionTrigger.CUSTOM else "Remove it."
        checking.wrong(place, f"No field holds {moment.value} for every rule.", mend)


def _holds_no_day(one: DataField) -> bool:
    data_type = one.data_type or ""
    return data_type.removesuffix(fideslang.LIST) in _NO_DAY or data_type.endswith(fideslang.LIST) or bool(one.fields)
