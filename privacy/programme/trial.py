"""A programme with wordings that are not applied yet: what a dry run is tried with. Pure; nothing is written."""

from __future__ import annotations

import dataclasses
import pathlib
from collections.abc import Iterator, Mapping
from typing import Any

from privacy import yaml_document
from privacy.programme.errors import ProgrammeInvalid
from privacy.programme.reader import Document, checked
from privacy.yaml_document import Problem, YamlDocument

_SECTION = "wordings"


def with_wordings(content: Mapping[str, Any], wordings: pathlib.Path | str) -> Document:
    """The programme's document with the wordings of a file or text added, checked as one; raises `FileInvalid`.

    A version that the programme has already is taken from the file: whether it may differ is for `diff` to judge.
    """
    name = name_of(wordings)
    file = yaml_document.load(wordings) if isinstance(wordings, str) else yaml_document.load_file(wordings)
    if problems := list(_form(file)):
        raise ProgrammeInvalid(problems, file=name)
    tried = file.content[_SECTION]
    known = {_key(entry) for entry in tried}
    # The file's own stand first: so the places and lines of its mistakes are those of the file.
    all_wordings = [*tried, *(entry for entry in content[_SECTION] if _key(entry) not in known)]
    return checked(dataclasses.replace(file, content={**content, _SECTION: all_wordings}), name=name)


def name_of(wordings: pathlib.Path | str) -> str:
    """What a message calls the wordings: by the name of their file, if they have one."""
    return _SECTION if isinstance(wordings, str) else wordings.name


def _form(file: YamlDocument) -> Iterator[Problem]:
    sections = file.content if isinstance(file.content, dict) else {}
    if not isinstance(sections.get(_SECTION), list):
        mend = "Write them as in programme.yml: wordings, then a line with '- ' for each."
        yield Problem(file.line((_SECTION,)), _SECTION, "There is no list of wordings.", mend)
    for key in sections:
        if key != _SECTION:
            yield Problem(file.line((key,)), key, "Only wordings can be tried.", "Remove it.")


def _key(entry: Any) -> tuple[str, str]:
    fields = entry if isinstance(entry, dict) else {}
    return str(fields.get("code")), str(fields.get("version"))
