"""One section of the programme as a text of its own, and the programme with another text in its place. Pure."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from privacy import yaml_document
from privacy.programme import schema
from privacy.programme.errors import NoSuchSection, ProgrammeInvalid
from privacy.programme.reader import Document, checked, write
from privacy.yaml_document import FileInvalid, Problem


def section_text(content: Mapping[str, Any], section: str) -> str:
    """A section as YAML, as it stands in the file of the whole programme; raises `NoSuchSection`."""
    ensure_section(section)
    return write(Document({section: content[section]})) if content.get(section) else f"{section}: []\n"


def with_section(content: Mapping[str, Any], section: str, text: str | bytes) -> Document:
    """The programme with that section as the text has it; raises `NoSuchSection`, `ProgrammeInvalid`.

    The lines of mistakes are those of the text.
    """
    ensure_section(section)
    try:
        file = yaml_document.load(text)
    except FileInvalid as error:
        raise ProgrammeInvalid(error.problems) from None
    if not isinstance(file.content, dict) or set(file.content) != {section}:
        mend = f"Begin with the line '{section}:' and write no other section."
        raise ProgrammeInvalid([Problem(1, section, "The text is not this one section.", mend)])
    return checked(dataclasses.replace(file, content={**content, section: file.content[section]}))


def ensure_section(section: str) -> None:
    """Raise `NoSuchSection` for what is no section of the file."""
    if section not in schema.BY_NAME:
        raise NoSuchSection
