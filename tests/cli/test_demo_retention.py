"""`privacy demo retention`: what was due, what was held and why, what went, and a certificate that verifies."""

from __future__ import annotations

import contextlib
import sqlite3
from collections import Counter
from pathlib import Path

import pytest

from tests.cli.conftest import Cli


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def orders(here: Path, where: str) -> int:
    with contextlib.closing(sqlite3.connect(here / "demo" / "shop.sqlite3")) as shop:
        [(count,)] = shop.execute(f"SELECT count(*) FROM orders WHERE {where}")
    return int(count)


def due(forecast: dict[str, list[dict[str, dict[str, dict[str, int]]]]], kind: str) -> dict[str, int]:
    """What is past its date, by rule or by what keeps it."""
    told: Counter[str] = Counter()
    for place in forecast["places"]:
        told.update({name: counts["past"] for name, counts in place[kind].items() if counts["past"]})
    return dict(told)


def test_it_tells_what_was_due_what_was_held_and_what_went(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cli = Cli()
    shown = cli.json("demo", "retention", "--folder", "demo")
    assert sum(shown["rows"].values()) > 1_900
    assert shown["run"]["state"] == "done"
    gone = {place: shown["rows"][place] - shown["left"][place] for place in shown["rows"]}
    assert gone["shop.visit"] > 200
    assert gone["shop.orders"] > 200
    assert gone["shop.customer"] == gone["club.member"] == 0
    done = shown["run"]["done"]
    assert sum(done["deleted"].values()) == sum(gone.values())
    assert shown["partly"] > 100
    assert orders(here, "delivered_to IS NULL AND total IS NULL") == 0
    assert orders(here, "customer_id = 'C-0007' AND ordered_on < date('now', '-2500 days')") > 0
    assert shown["undated"] == orders(here, "ordered_on IS NULL AND delivered_to IS NOT NULL") == 3
    assert sum(done["holds"].values()) >= 2
    assert sum(shown["again"]["done"]["deleted"].values()) == 0
    assert sum(due(shown["forecast"]["before"], "goes").values()) > 700
    assert due(shown["forecast"]["after"], "goes") == {}
    assert due(shown["forecast"]["after"], "stays") == {"held": sum(done["holds"].values()), "warning": 12}
    assert shown["verified"]
    states = [one["state"] for one in shown["warnings"]]
    assert sorted(states) == ["delivered"] * 11 + ["for_a_person"]
    assert shown["waiting"]["state"] == "running"
    assert len(list((here / "demo" / "mail").iterdir())) == shown["mails"] >= 11
    assert (here / "demo" / "certificate.pdf").read_bytes().startswith(b"%PDF")
    monkeypatch.setenv("PRIVACY_DATA_DIR", str(here / "demo" / "privacy"))
    listed = cli.json("retention", "warning", "list", "--state", "for_a_person")["warnings"]
    assert len(listed) == 1
    assert cli("audit", "verify", "--full")


def test_it_reads_well_and_leaves_a_folder_of_somebody_elses_alone(here: Path) -> None:
    printed = Cli()("demo", "retention", "--folder", "demo")
    for words in ("Due before, by rule", "(I C 7/27) keeps: ", "VERIFIED", "Due after, by rule", "NOT BEFORE"):
        assert words in printed
    (here / "mine").mkdir()
    (here / "mine" / "letter.txt").write_text("dear diary")
    done = Cli().run("demo", "retention", "--folder", "mine")
    assert done.exit_code == 6
    assert (here / "mine" / "letter.txt").read_text() == "dear diary"
