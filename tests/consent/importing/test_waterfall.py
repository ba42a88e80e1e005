"""The waterfall of real imports: it adds up to the last row, and what it may contact is what may be contacted."""

from __future__ import annotations

import contextlib
import json
import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from privacy.authz.actors import OPERATOR
from privacy.consent import service as consent
from privacy.consent.service import ImportOut, RowsFiles, Step, Waterfall
from privacy.db import unit_of_work
from privacy.programme import service as programmes
from privacy.programme.service import Programme
from tests.consent.importing import made_crm
from tests.consent.importing.made_company import COMPANIES, the_company
from tests.consent.importing.made_people import Person
from tests.consent.importing.moving import OPTIONS, allowed, bring_in, every_table
from tests.consent.importing.naive.waterfall import given
from tests.rules.source import ROOT

pytestmark = [pytest.mark.usefixtures("frozen", "installed"), pytest.mark.timeout(3_600)]


@pytest.mark.parametrize("which", COMPANIES)
def test_it_adds_up_to_the_last_row_and_to_the_last_key(tmp_path: Path, which: str) -> None:
    files = the_company(which, tmp_path / "exports")
    order = random.Random(which).sample(list(files.paths), len(files.paths))
    for number, name in enumerate(order, start=1):
        told = Waterfall()
        with contextlib.closing(RowsFiles(tmp_path / name)) as rows:
            out = bring_in(name, files.paths[name], waterfall=told, on_entry=rows.add)
        assert told.adds_up()
        assert told.rows == out.rows
        assert lines_of(rows) == {step: told.count(step) for step in Step if told.count(step)}
        # The naive reading of what was imported so far tells which of the consents in this export may be used.
        world = files.only(*order[:number]).world()
        keys = {key for key in given(files.only(name).told(), world) if world.allowed(key)}
        assert told.keys == len(keys), name
        assert out.permissions_gained - out.permissions_lost == told.permissions_after - told.permissions_before


def lines_of(rows: RowsFiles) -> Counter[Step]:
    """How many entries the file of each step has, below its header."""
    return Counter(
        {step: rows.path(step).read_text("utf-8").count("\n") - 1 for step in Step if rows.path(step) in rows.paths}
    )


def test_each_entry_is_found_at_its_line(tmp_path: Path) -> None:
    one = Person(1, "ewa@example.com", "+48600100200", "977000000001", "19.08.1945")
    path = made_crm.write(
        tmp_path / "klienci.csv",
        [
            made_crm.a_row(one),
            made_crm.a_row(one, **{"Zgoda e-mail": "NIE", "Wersja klauzuli": "?"}),
            made_crm.a_row(one, **dict.fromkeys(made_crm.COLUMNS[7:11], "")),
            made_crm.a_row(one, **{"ID klienta": "", "E-mail": "", "Telefon": ""}),
        ],
    )
    found: list[tuple[Step, int, str, str]] = []
    told = Waterfall()
    bring_in(
        "crm",
        path,
        dry_run=True,
        waterfall=told,
        on_entry=lambda step, entry: found.append((step, entry.line, entry.purpose, entry.channel)),
    )
    assert sorted(found, key=lambda each: (each[1], each[2:])) == [
        (Step.REFUSED, 2, "offers", "email"),
        (Step.MAY_CONTACT, 2, "offers", "sms"),
        (Step.MAY_CONTACT, 2, "offers", "voice"),
        (Step.MAY_CONTACT, 2, "profiling", ""),
        (Step.REFUSED, 3, "offers", "email"),
        (Step.WORDING_UNKNOWN, 3, "offers", "sms"),
        (Step.WORDING_UNKNOWN, 3, "offers", "voice"),
        (Step.WORDING_UNKNOWN, 3, "profiling", ""),
        (Step.SAYS_NOTHING, 4, "", ""),
        (Step.BROKEN, 5, "", ""),
    ]
    assert (told.rows, told.total, told.keys) == (4, 10, 3)


# A historical wording, step by step.


def test_rows_without_a_wording_are_gained_by_mapping_what_was_shown(tmp_path: Path) -> None:
    path = made_crm.write(tmp_path / "klienci.csv", [_unnamed(number) for number in range(6)])
    keys = [(("email", f"osoba.{number}@example.org"), "offers", "email") for number in range(6)]
    # 1. As it is, nothing can be shown, and the acts are kept without effect.
    told, out = _with(path, programmes.current(), dry_run=False)
    assert (told.count(Step.WORDING_UNKNOWN), told.keys, out.permissions_gained) == (24, 0, 0)
    assert set(allowed(keys).values()) == {False}
    # 2. Somebody vouches for the text of the website; a dry run with it shows what that would give.
    before = every_table()
    file = tmp_path / "historyczne.yml"
    file.write_text(yaml.safe_dump({"wordings": [_HISTORICAL]}), "utf-8")
    tried, would = _with(path, programmes.tried_with(programmes.current(), file), dry_run=True)
    assert (tried.count(Step.WORDING_UNKNOWN), tried.keys) == (12, 12)
    assert (would.permissions_gained, would.permissions_lost) == (12, 0)
    assert every_table() == before
    # 3. It is published, which by itself revives nothing; the file is imported again.
    _publish()
    assert set(allowed(keys).values()) == {False}
    gained, out = _with(path, programmes.current(), dry_run=False)
    assert out == would
    assert gained.as_dict() == tried.as_dict()
    assert list(allowed(keys).values()) == [True, False] * 3


_HISTORICAL: dict[str, Any] = {
    "code": "klauzula",
    "version": "1.4",
    "valid_from": "2022-01-01",
    "valid_until": "2026-06-30",
    "purposes": ["offers", "profiling"],
    "texts": {"pl": "Wyrażam zgodę na otrzymywanie ofert i na profilowanie."},
    "historical": {
        "attested_by": "Ewa Lis, inspektor ochrony danych",
        "attested_on": "2026-11-20",
        "stands_for": [{"system": "crm", "versions": ["?"], "points": ["www"]}],
    },
}


def _unnamed(number: int) -> dict[str, str]:
    """A consent under "?", from the website where the number is even, else from the telephone."""
    one = Person(number, f"osoba.{number}@example.org", f"+4860010020{number}", "", "")
    return made_crm.a_row(one, **{"Wersja klauzuli": "?", "Źródło": "infolinia" if number % 2 else "www"})


def _with(path: Path, programme: Programme, *, dry_run: bool) -> tuple[Waterfall, ImportOut]:
    told = Waterfall()
    moving = consent.Import(
        consent.profile("crm"), consent.import_files(path), OPTIONS["crm"], actor=OPERATOR, programme=programme
    )
    out = moving.run(dry_run=dry_run, waterfall=told)
    assert told.adds_up()
    return told, out


def _publish() -> None:
    text = (ROOT / "programme.yml").read_text("utf-8")
    entry = f"  - {json.dumps(_HISTORICAL, ensure_ascii=False)}\n"
    document = programmes.read(text.replace("\nnotices:", f"\n{entry}\nnotices:"))
    with unit_of_work():
        programmes.apply(document, actor=OPERATOR, purpose_in_use=consent.purpose_in_use)
