"""What a check of a programme file needs: the file, the codes it declares, and the mistakes found so far."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import Any

from privacy.yaml_document import Path, Problem, YamlDocument

#: A quoted value is cut here: enough to recognise it, and no wall of text.
_SHOWN = 60


class Checking:
    """Collects every mistake of one file, so that all are told at once."""

    def __init__(self, file: YamlDocument) -> None:
        self.file = file
        self.problems: list[Problem] = list(file.duplicates)
        self._broken: set[Path] = set()

    @property
    def locales(self) -> tuple[str, ...]:
        """The locales that every text must have, as far as the file says them."""
        jurisdiction = self._section("jurisdiction")
        locales = jurisdiction.get("locales") if isinstance(jurisdiction, dict) else None
        return tuple(x for x in locales if isinstance(x, str)) if isinstance(locales, list) else ()

    def wrong(self, path: Path, wrong: str, mend: str) -> None:
        """Note one mistake."""
        self._broken.add(path)
        self.problems.append(Problem(self.file.line(path), self.name(path), wrong, mend))

    def is_broken(self, path: Path) -> bool:
        """Whether a mistake at this very place is noted already."""
        return path in self._broken

    def is_broken_below(self, path: Path) -> bool:
        """Whether a mistake at this place, or at a part of it, is noted already."""
        return any(broken[: len(path)] == path for broken in self._broken)

    def codes(self, section: str) -> list[str]:
        """The codes that a section declares."""
        entries = self._section(section)
        if not isinstance(entries, list):
            return []
        codes = (code_of(entry) for entry in entries if isinstance(entry, dict))
        return [code for code in codes if isinstance(code, str)]

    def unknown(self, path: Path, value: str, known: Iterable[str], what: str) -> None:
        """Note a name that is none of the known ones, with the nearest of them."""
        names = sorted(set(known))
        nearest = difflib.get_close_matches(value, names, n=1)
        known_text = f"Known: {', '.join(names)}." if names else f"There is no {what} yet."
        mend = f"Did you mean {nearest[0]!r}? {known_text}" if nearest else known_text
        self.wrong(path, f"{shown(value)} is no {what}.", mend)

    def name(self, path: Path) -> str:
        """A path as people read it: `purposes.newsletter.channels[0]`."""
        here: Any = self.file.content
        text = ""
        for step in path:
            if isinstance(step, str):
                text += f".{step}"
                here = here.get(step) if isinstance(here, dict) else None
            else:
                here = here[step] if isinstance(here, list) and step < len(here) else None
                text += _label(here) or f"[{step}]"
        source = self.file.source(path)
        return f"{source}: {text.removeprefix('.')}" if source else text.removeprefix(".")

    def _section(self, name: str) -> Any:
        return self.file.content.get(name) if isinstance(self.file.content, dict) else None


def code_of(entry: Mapping[str, Any]) -> Any:
    """The code by which others name an entry; a data set's is Fideslang's key."""
    return entry.get("code", entry.get("fides_key"))


def _label(entry: Any) -> str:
    if not isinstance(entry, dict):
        return ""
    # Tables and fields of a data set have names only.
    code = entry.get("name") if code_of(entry) is None else code_of(entry)
    version = entry.get("version")
    return f".{code}" + (f"@{version}" if isinstance(version, str) else "") if isinstance(code, str) else ""


def shown(value: Any) -> str:
    """A value as a message quotes it."""
    text = str(value).split("\n", 1)[0]
    return repr(text if len(text) <= _SHOWN else text[:_SHOWN] + "…")
