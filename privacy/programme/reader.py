"""From the text of a programme file to a checked document, and back.

A wrong file gets every mistake at once, each with its line, what is wrong and the mend.
"""

from __future__ import annotations

import json
import pathlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from privacy import yaml_document
from privacy.crypto import canonical
from privacy.programme import consistency, data_map_files, schema
from privacy.programme.checking import Checking
from privacy.programme.errors import ProgrammeInvalid
from privacy.programme.form import Section
from privacy.yaml_document import FileInvalid, YamlDocument


@dataclass(frozen=True)
class Document:
    """A checked programme that nobody has applied yet: plain values with every default filled in."""

    content: Mapping[str, Any]

    @property
    def canonical(self) -> str:
        """Its canonical JSON, as it is stored."""
        return canonical.encode(dict(self.content)).decode()

    @property
    def sha256(self) -> str:
        """SHA-256 of the canonical JSON, in hexadecimal."""
        return canonical.sha256(dict(self.content))

    @classmethod
    def stored(cls, text: str) -> Document:
        """The document of a stored version, which was checked when it was applied."""
        return cls(json.loads(text))


def read(text: str | bytes, data_maps: Sequence[pathlib.Path] = ()) -> Document:
    """Read and check a programme file; raises `ProgrammeInvalid` with every mistake.

    Files of data sets in Fides' own form are added to the programme's data sets; raises `FileInvalid` where one of
    them cannot be read.
    """
    programme = _loaded(text)
    return checked(data_map_files.with_data_maps(programme, data_maps) if data_maps else programme)


def checked(file: YamlDocument, *, name: str | None = None) -> Document:
    """Check a file that was read; raises `ProgrammeInvalid`, with the file's name where it is given."""
    checking = Checking(file)
    content = schema.read_sections(checking, file.content)
    if content:
        consistency.check(checking, content)
    if checking.problems:
        raise ProgrammeInvalid(checking.problems, file=name)
    return Document(content)


def _loaded(text: str | bytes) -> YamlDocument:
    try:
        return yaml_document.load(text)
    except FileInvalid as error:
        raise ProgrammeInvalid(error.problems) from None


def write(document: Document) -> str:
    """The document as YAML that reads back to the same: sections and fields in the order of the form."""
    ordered: dict[str, Any] = {}
    for section in schema.SECTIONS:
        value = document.content.get(section.name)
        if value:
            ordered[section.name] = [_ordered(section, e) for e in value] if section.many else _ordered(section, value)
    return yaml.dump(ordered, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=110, default_flow_style=False)


def _ordered(section: Section, entry: Mapping[str, Any]) -> dict[str, Any]:
    return {field.name: entry[field.name] for field in section.record.fields if field.name in entry}


class _Dumper(yaml.SafeDumper):
    """Long texts as blocks, short lists on one line, nothing shared by anchors."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002  # the signature is PyYAML's
        """Write every value out."""
        return True


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    # PyYAML writes by the rules of YAML 1.1: what 1.2 takes for a number it may leave without quotes.
    style = "|" if "\n" in value else None if yaml_document.plain_scalar(value) == value else "'"
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


def _list(dumper: yaml.SafeDumper, value: list[Any]) -> yaml.SequenceNode:
    flow = all(isinstance(item, str) for item in value)
    return dumper.represent_sequence("tag:yaml.org,2002:seq", value, flow_style=flow)


_Dumper.add_representer(str, _text)
_Dumper.add_representer(list, _list)
