"""Where the parts of the data map stand in the file, for what is said about them; and which system holds what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from privacy.programme.checking import Checking
from privacy.yaml_document import Path

Entry = Mapping[str, Any]


def tables_of(path: Path, data_set: Entry) -> Iterator[tuple[Path, Entry]]:
    """Each table of a data set, with its place."""
    for index, table in enumerate(data_set["collections"]):
        yield (*path, "collections", index), table


def fields_of(path: Path, table: Entry) -> dict[str, tuple[Path, Entry]]:
    """Each field of a table with its place, by its name with dots."""
    return dict(_fields((*path, "fields"), "", table["fields"]))


def _fields(path: Path, prefix: str, fields: Sequence[Entry]) -> Iterator[tuple[str, tuple[Path, Entry]]]:
    for index, one in enumerate(fields):
        name = prefix + one["name"]
        yield name, ((*path, index), one)
        yield from _fields((*path, index, "fields"), f"{name}.", one.get("fields", ()))


def held_by(checking: Checking, systems: Sequence[tuple[Path, Entry]]) -> dict[str, Entry]:
    """The system of each data set; notes a data set that two of them name."""
    found: dict[str, Entry] = {}
    for path, system in systems:
        for index, key in enumerate(system["data_sets"]):
            if key in found and found[key] is not system:
                wrong = f"The system {found[key]['code']} holds {key} already."
                checking.wrong((*path, "data_sets", index), wrong, "Let one system hold it.")
            found.setdefault(key, system)
    return found
