"""Which historical wording stands for a row of an old file: at most one, and none beyond what is attested."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privacy.programme.build import build
from privacy.programme.errors import ProgrammeInvalid
from privacy.programme.reader import read
from privacy.programme.types import Programme
from tests.programme.documents import HISTORICAL, small_with


def _programme(text: str) -> Programme:
    document = read(text)
    return build(document.content, number=1, applied_at=0, sha256=document.sha256)


@pytest.fixture(scope="module")
def programme() -> Programme:
    return _programme(small_with(HISTORICAL))


@pytest.mark.parametrize(
    ("system", "version", "point", "on", "found"),
    [
        ("crm", "?", "www", "2016-02-01", "0.1"),
        ("crm", "?", "www", "2018-04-30", "0.1"),
        ("crm", "?", "www", "2016-01-31", None),  # before the rows that are attested
        ("crm", "?", "www", "2018-05-01", None),
        ("crm", "?", "sklep", "2018-05-24", "0.1"),  # no days of its own: the wording's validity
        ("crm", "?", "sklep", "2015-12-31", None),
        ("crm", "?", "infolinia", "2017-01-01", None),
        ("crm", "?", None, "2017-01-01", None),
        ("crm", "", "aplikacja", "2017-01-01", "0.1"),
        ("crm", None, "aplikacja", "2017-01-01", "0.1"),
        ("crm", "  ", "aplikacja", "2017-01-01", "0.1"),
        ("crm", None, "sklep", "2017-01-01", None),
        ("crm", " ? ", " WWW", "2017-01-01", "0.1"),
        ("crm", "?", "infolinia", "2018-05-25", "0.2"),  # any point
        ("crm", "?", None, "2020-12-31", "0.2"),
        ("crm", "rodo 1", None, "2019-01-01", "0.2"),
        ("crm", "RODO 2", None, "2019-01-01", None),
        ("crm", "?", None, "2021-01-01", None),
        ("tills", "?", "www", "2017-01-01", None),
    ],
)
def test_a_row_means_what_is_attested_for_it(
    programme: Programme, system: str, version: str | None, point: str | None, on: str, found: str | None
) -> None:
    wording = programme.wording_standing_for(system, version, point, date.fromisoformat(on))
    assert (wording.version if wording else None) == found


def test_a_published_wording_in_force_goes_before_an_attested_one(programme: Programme) -> None:
    assert _version(programme, "2019-06-01") == "0.2"
    longer = HISTORICAL.replace("valid_until: 2020-12-31", "valid_until: 2026-06-30")
    assert _version(_programme(small_with(longer)), "2019-06-01") == "0.2"
    assert _version(_programme(small_with(longer)), "2022-06-01") == "1"


def _version(programme: Programme, on: str) -> str | None:
    wording = programme.wording_in_force("news", date.fromisoformat(on))
    return wording.version if wording else None


_DAYS = [date(2016, 1, 1) + timedelta(days=number) for number in range(8)]
_SYSTEMS, _VERSIONS, _POINTS = ("crm", "tills"), ("?", "", " ", "A", "a"), ("www", " WWW", "sklep")


@dataclass(frozen=True)
class _Rows:
    """Rows for which the wording of a number is attested."""

    wording: int
    system: str
    versions: tuple[str, ...]
    points: tuple[str, ...]
    first: date
    last: date

    def hold(self, system: str, version: str | None, point: str | None, on: date) -> bool:
        """Whether a row is one of them, told without the code under test."""
        said, place = (version or "").strip().lower(), (point or "").strip().lower()
        return (
            system == self.system
            and said in [v.strip().lower() for v in self.versions]
            and (not self.points or place in [p.strip().lower() for p in self.points])
            and self.first <= on <= self.last
        )


@st.composite
def _some_rows(draw: st.DrawFn) -> list[_Rows]:
    def rows(wording: int) -> _Rows:
        first, last = sorted(draw(st.tuples(st.sampled_from(_DAYS), st.sampled_from(_DAYS))))
        versions = draw(st.lists(st.sampled_from(_VERSIONS), min_size=1, max_size=2, unique=True))
        points = draw(st.lists(st.sampled_from(_POINTS), max_size=2, unique=True))
        return _Rows(wording, draw(st.sampled_from(_SYSTEMS)), tuple(versions), tuple(points), first, last)

    return [rows(draw(st.integers(0, 2))) for _ in range(draw(st.integers(0, 5)))]


def _document(rows: list[_Rows]) -> str:
    wordings = [
        {
            "code": f"old{number}",
            "version": "1",
            "valid_from": str(_DAYS[0]),
            "valid_until": str(_DAYS[-1]),
            "purposes": ["newsletter"],
            "texts": {"pl": "Tak"},
            "historical": {
                "attested_by": "Ewa Lis",
                "attested_on": "2026-11-20",
                "stands_for": [_entry(each) for each in rows if each.wording == number],
            },
        }
        for number in range(3)
    ]
    # What json writes is YAML.
    return small_with("wordings:\n" + "".join(f"  - {json.dumps(wording)}\n" for wording in wordings))


def _entry(rows: _Rows) -> dict[str, object]:
    return {
        "system": rows.system,
        "versions": list(rows.versions),
        "points": list(rows.points),
        "from": str(rows.first),
        "until": str(rows.last),
    }


_ALL = list(itertools.product(_SYSTEMS, (*_VERSIONS, None), (*_POINTS, "other", None), _DAYS))


@given(rows=_some_rows())
def test_at_most_one_wording_stands_for_a_row_and_nothing_else_is_refused(rows: list[_Rows]) -> None:
    standing = {row: [each for each in rows if each.hold(*row)] for row in _ALL}
    if any(len(found) > 1 for found in standing.values()):
        with pytest.raises(ProgrammeInvalid, match="some of these rows too"):
            read(_document(rows))
        return
    programme = _programme(_document(rows))
    for row, found in standing.items():
        wording = programme.wording_standing_for(*row)
        assert (wording.code if wording else None) == (f"old{found[0].wording}" if found else None)
