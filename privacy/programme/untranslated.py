"""What people are told in a language that may not be theirs: texts that a programme of several languages has but once.

No programme is refused for it, since a data map that Fides wrote has no translations; but somebody should know.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Entry = Mapping[str, Any]

_MEND_TABLE = "write privacy.descriptions in each language"
_MEND = "write it by locale"


def untranslated(content: Entry) -> Iterator[str]:
    """A line for each such text of a checked document: where it is, and what mends it."""
    if len(content["jurisdiction"]["locales"]) == 1:
        return
    for section, name in (
        ("recipients", "safeguard"),
        ("processors", "safeguard"),
        ("processing_activities", "legitimate_interest"),
        ("processing_activities", "source"),
    ):
        for entry in content[section]:
            if isinstance(entry.get(name), str):
                yield f"{section}.{entry['code']}.{name}: {_MEND}"
    held = {code for system in content.get("systems", ()) for code in system["data_sets"]}
    for data_set in content.get("data_sets", ()):
        if data_set["fides_key"] in held:
            for table in data_set["collections"]:
                yield from _table(f"data_sets.{data_set['fides_key']}.{table['name']}", table)


def _table(place: str, table: Entry) -> Iterator[str]:
    notes = table.get("fides_meta") or table.get("fidesops_meta") or {}
    if notes.get("skip_processing"):
        return
    if "descriptions" not in table.get("privacy", {}):
        yield f"{place}: {_MEND_TABLE}"
    for one in table["fields"]:
        yield from _field(f"{place}.{one['name']}", one)


def _field(place: str, one: Entry) -> Iterator[str]:
    ours = one.get("privacy", {})
    if one.get("description") and "descriptions" not in ours and not ours.get("hidden"):
        yield f"{place}: {_MEND_TABLE}"
    for inner in one.get("fields", ()):
        yield from _field(f"{place}.{inner['name']}", inner)
