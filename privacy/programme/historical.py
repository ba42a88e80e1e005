"""Wordings of the past: texts that somebody vouches for after the fact (Art. 7(1)), and the rows of old files that mean
them. Pure.

A historical wording proves what was shown as well as its attestation does; it was never shown by this service.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Generic, Protocol, TypeVar


@dataclass(frozen=True)
class Scan:
    """A picture of the paper or page that was shown, kept elsewhere."""

    #: SHA-256 of the scanned file, in hexadecimal.
    sha256: str
    #: Where it is kept.
    place: str


@dataclass(frozen=True)
class StandsFor:
    """Rows of one system's old files that mean this wording."""

    system: str
    #: What such rows give as their wording; the empty text where they name none.
    versions: tuple[str, ...]
    #: Collection points, as the files name them; any where there are none.
    points: tuple[str, ...]
    #: First and last day of such rows, inclusive; None where the wording's own validity is meant.
    starts_on: date | None
    ends_on: date | None


@dataclass(frozen=True)
class Historical:
    """Who vouches that a text was shown, and for which rows it stands."""

    attested_by: str
    attested_on: date
    scan: Scan | None
    stands_for: tuple[StandsFor, ...]


class _Attested(Protocol):
    """A wording, as far as it matters here."""

    @property
    def valid_from(self) -> date: ...
    @property
    def valid_until(self) -> date | None: ...
    @property
    def historical(self) -> Historical | None: ...


_W = TypeVar("_W", bound=_Attested)
#: A row's system and wording; as import profiles compare words: without letter case and the spaces around.
_Key = tuple[str, str]


@dataclass(frozen=True)
class _Rows(Generic[_W]):
    points: frozenset[str]
    starts_on: date
    ends_on: date
    wording: _W


class RowsIndex(Generic[_W]):
    """Finds the wording of a row; asked for every row of a file, so by one look into a table."""

    def __init__(self, wordings: Iterable[_W]) -> None:
        found: dict[_Key, list[_Rows[_W]]] = defaultdict(list)
        for wording in wordings:
            for rows in wording.historical.stands_for if wording.historical else ():
                kept = _Rows(
                    frozenset(map(compared, rows.points)),
                    rows.starts_on or wording.valid_from,
                    rows.ends_on or wording.valid_until or date.max,
                    wording,
                )
                for version in rows.versions:
                    found[rows.system, compared(version)].append(kept)
        self._rows: Mapping[_Key, list[_Rows[_W]]] = dict(found)

    def find(self, system: str, version: str | None, point: str | None, on: date) -> _W | None:
        """The wording that stands for a row, or None."""
        candidates = self._rows.get((system, compared(version or "")))
        if candidates is None:
            return None
        where = compared(point or "")
        for rows in candidates:
            if rows.starts_on <= on <= rows.ends_on and (not rows.points or where in rows.points):
                return rows.wording
        return None


def compared(words: str) -> str:
    """A word of a file as it is compared."""
    return words.strip().casefold()
