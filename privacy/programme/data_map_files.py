"""Data sets in files of their own, as Fides keeps them, put into the programme before it is checked."""

from __future__ import annotations

import dataclasses
import pathlib
from collections.abc import Iterator, Sequence
from typing import Any

from privacy import yaml_document
from privacy.programme.errors import ProgrammeInvalid
from privacy.yaml_document import Path, Problem, YamlDocument

_SECTION = "data_sets"
#: What Fides calls the list of data sets in its own files.
_FIDES = "dataset"


def with_data_maps(programme: YamlDocument, files: Sequence[pathlib.Path]) -> YamlDocument:
    """The programme with the data sets of the files after its own; raises `FileInvalid` for a file of another form.

    Every place knows its file, so that mistakes are told with the name and line of the file in which they are.
    """
    own = programme.content if isinstance(programme.content, dict) else {}
    listed = own.get(_SECTION)
    data_sets: list[Any] = list(listed) if isinstance(listed, list) else []
    lines, duplicates = dict(programme.lines), list(programme.duplicates)
    sources: dict[Path, str] = {}
    for file in files:
        document = _loaded(file)
        for key, value in enumerate(document.content[_FIDES]):
            place: Path = (_SECTION, len(data_sets))
            lines |= {(*place, *path[2:]): line for path, line in document.lines.items() if path[:2] == (_FIDES, key)}
            sources[place] = file.name
            data_sets.append(value)
        duplicates += [dataclasses.replace(one, path=file.name) for one in document.duplicates]
    content = {**own, _SECTION: data_sets}
    return YamlDocument(content, lines, tuple(duplicates), sources)


def _loaded(file: pathlib.Path) -> YamlDocument:
    document = yaml_document.load_file(file)
    if problems := list(_form(document)):
        raise ProgrammeInvalid(problems, file=file.name)
    return document


def _form(document: YamlDocument) -> Iterator[Problem]:
    sections = document.content if isinstance(document.content, dict) else {}
    if not isinstance(sections.get(_FIDES), list):
        mend = "Write them as Fides does: dataset, then a line with '- ' for each."
        yield Problem(document.line((_FIDES,)), _FIDES, "There is no list of data sets.", mend)
    for key in sections:
        if key != _FIDES:
            yield Problem(document.line((key,)), key, "Only data sets are read here.", "Remove it.")
