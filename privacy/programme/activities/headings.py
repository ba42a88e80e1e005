"""Which columns a sheet has, whatever its headings look like: merged over two rows, numbered, in any language. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from privacy.programme.activities.aliases import ALIASES
from privacy.programme.activities.columns import COLUMNS, HEADINGS, LOCALES, Column, Sheet
from privacy.programme.activities.sheets import Rows

#: Headings stand below a title and who the record is of, but not far below.
_LOOKED_AT = 30
#: A row with fewer known headings is no row of headings.
_LEAST = 3
_ENTRY = {Sheet.CONTROLLER: Column.NAME, Sheet.PROCESSOR: Column.CATEGORIES}
#: Columns that count the rows.
_COUNTING = frozenset({"lp", "l p", "nr", "no", "rb", "r br"})
_BRACKETS = re.compile(r"\([^()]*\)")
_NUMBERING = re.compile(r"^(?:lp|l p|nr|no|rb)?\s*[0-9]{1,2}\s+(?=\D)")


@dataclass(frozen=True)
class Found:
    """The headings of one sheet."""

    sheet: Sheet
    #: The number of the row of headings, from 0.
    row: int
    #: Where each column stands, from 0.
    places: Mapping[Column, int]
    #: What each place of the row is called there.
    headings: tuple[str, ...]
    #: Places whose heading is none of ours, or another one's again.
    unknown: tuple[int, ...]
    locale: str


def plain(text: str) -> str:
    """A text as it is compared: without case, brackets, signs and numbering."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    while (shorter := _BRACKETS.sub(" ", folded)) != folded:
        folded = shorter
    words = re.sub(r"[\W_]+", " ", folded).strip()
    return _NUMBERING.sub("", words)


def find(rows: Rows) -> Found | None:
    """The row of headings that has the most columns of either record; None where no row has enough."""
    best: Found | None = None
    for number, row in enumerate(rows.rows[:_LOOKED_AT]):
        above = rows.rows[number - 1] if number else ()
        for sheet in Sheet:
            # A heading that is merged over two rows stands in the upper one alone.
            for headings in (row, _merged(above, row)):
                found = _read(sheet, number, headings)
                if found is not None and (best is None or len(found.places) > len(best.places)):
                    best = found
    return best


def _merged(above: Sequence[str], row: Sequence[str]) -> tuple[str, ...]:
    return tuple(cell or (above[place] if place < len(above) else "") for place, cell in enumerate(row))


def _read(sheet: Sheet, number: int, headings: Sequence[str]) -> Found | None:
    known = _known(sheet)
    places: dict[Column, int] = {}
    unknown = []
    for place, heading in enumerate(headings):
        column = known.get(plain(heading))
        if column is None or column in places:
            if heading and plain(heading) not in _COUNTING:
                unknown.append(place)
        else:
            places[column] = place
    if len(places) < _LEAST or _ENTRY[sheet] not in places:
        return None
    return Found(sheet, number, places, tuple(headings), tuple(unknown), _language(places, headings))


def _language(places: Mapping[Column, int], headings: Sequence[str]) -> str:
    """The language in which most headings are ours; Polish where that is open."""

    def of_it(locale: str) -> int:
        return sum(plain(headings[place]) == plain(HEADINGS[locale][column]) for column, place in places.items())

    return max(LOCALES, key=of_it)


@cache
def _known(sheet: Sheet) -> Mapping[str, Column]:
    found: dict[str, Column] = {}
    for column in COLUMNS[sheet]:
        for name in (*(HEADINGS[locale][column] for locale in LOCALES), *ALIASES[sheet].get(column, ())):
            found.setdefault(plain(name), column)
    return found
