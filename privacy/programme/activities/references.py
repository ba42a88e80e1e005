"""From what stands in a cell to codes of the programme: by the code in brackets, else by the name. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from privacy.programme.activities.headings import plain
from privacy.programme.legal_bases import LEGAL_BASES
from privacy.programme.vocabulary import LegalBasis

Entry = Mapping[str, Any]

_CODE = re.compile(r"\[([a-z][a-z0-9_]{0,39})\]")
_AT_END = re.compile(r"\[([a-z][a-z0-9_]{0,39})\]\s*$")
#: "art. 6 ust. 1 lit. a", "Art. 6(1)(a)", "čl. 6. st. 1. t. (a)".
_LETTER = re.compile(r"(?:lit\.?\s*|6\s*\(1\)\s*\(|\bt(?:oč(?:ka|\.))?\.?\s*\(?)([a-f])\b", re.IGNORECASE)
#: What people write where there is nothing to say.
NOTHING = frozenset({"", "nie", "brak", "nie dotyczy", "n d", "no", "none", "not applicable", "n a", "ne", "nema"})


class References:
    """The things of one section, by code and by every name that they have."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.codes: set[str] = set()
        self._by_name: dict[str, str] = {}
        for entry in entries:
            self.codes.add(entry["code"])
            for name in _names(entry):
                self._by_name.setdefault(plain(name), entry["code"])

    def one(self, text: str) -> str | None:
        """The code that a text means; None where it means none of these."""
        if (found := _AT_END.search(text)) and found[1] in self.codes:
            return found[1]
        if text.strip() in self.codes:
            return text.strip()
        if (code := self._by_name.get(plain(text))) is not None:
            return code
        # A name is often followed by an address.
        return self._by_name.get(plain(text.partition(",")[0])) if "," in text else None

    def read(self, cell: str) -> tuple[list[str], list[str]]:
        """The codes of a cell in order, each once, and what means none."""
        codes: list[str] = []
        others: list[str] = []
        for piece in pieces(cell, self):
            code = self.one(piece)
            if code is None and plain(piece) not in NOTHING:
                others.append(piece)
            elif code is not None and code not in codes:
                codes.append(code)
        return codes, others


def pieces(cell: str, known: References) -> Iterator[str]:
    """What stands in a cell, one by one: a line each, or between semicolons, or between commas where each is known."""
    for line in (part.strip(" \t•·*-–") for part in cell.split("\n")):
        if not line:
            continue
        if known.one(line) is not None:
            yield line
            continue
        for part in filter(None, (one.strip() for one in line.split(";"))):
            commas = [one.strip() for one in part.split(",") if one.strip()]
            if known.one(part) is None and len(commas) > 1 and any(known.one(one) for one in commas):
                yield from commas
            else:
                yield part


def in_brackets(line: str) -> list[str]:
    """Every code in brackets on a line, in order."""
    return _CODE.findall(line)


def legal_bases(cell: str) -> list[LegalBasis]:
    """The legal bases that a cell names, in order, each once."""
    by_letter = dict(zip("abcdef", LegalBasis, strict=True))
    found = [by_letter[letter.lower()] for letter in _LETTER.findall(cell)]
    if not found:
        said = plain(cell)
        for texts in LEGAL_BASES.values():
            found += [basis for basis, text in texts.items() if plain(text) == said]
        found += [basis for basis in LegalBasis if plain(basis.value) == said]
    return list(dict.fromkeys(found))


def _names(entry: Entry) -> Iterator[str]:
    if "name" in entry:
        yield entry["name"]
    names = entry.get("names")
    if isinstance(names, Mapping):
        yield from names.values()
