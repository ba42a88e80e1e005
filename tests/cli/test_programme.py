"""`privacy programme ...`: plan, apply and export, as code."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Cli
from tests.cli.state import snapshot
from tests.rules.source import ROOT

EXAMPLE = (ROOT / "programme.yml").read_text()


def test_no_changes_after_init(cli: Cli) -> None:
    assert cli("programme", "plan").startswith("No changes.")


def test_a_plan_shows_the_difference_and_changes_nothing(cli: Cli, tmp_path: Path) -> None:
    before = snapshot()
    changed = _changed(tmp_path)
    assert "~ dpo" in cli("programme", "plan", changed)
    assert [c["path"] for c in cli.json("programme", "plan", changed)["changes"]] == ["dpo"]
    assert snapshot() == before


def test_apply_makes_it_so_once(cli: Cli, tmp_path: Path) -> None:
    changed = _changed(tmp_path)
    assert len(cli.json("programme", "apply", changed)["changes"]) == 1
    assert cli.json("programme", "apply", changed)["changes"] == []
    assert "Ewa Dudek" in cli("programme", "export")


def test_what_is_exported_is_no_change(cli: Cli, tmp_path: Path) -> None:
    out = tmp_path / "out.yml"
    cli("programme", "export", str(out))
    assert cli("programme", "plan", str(out)).startswith("No changes.")


def test_a_wrong_file_gets_every_mistake_with_its_line(cli: Cli, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yml"
    wrong.write_text(EXAMPLE.replace("class: safety", "class: danger").replace("zone: Europe/Warsaw", "zone: Here"))
    done = cli.run("programme", "apply", str(wrong))
    assert done.exit_code == 3
    assert done.stderr.count("line ") >= 2


def test_an_edit_of_a_published_text_is_refused(cli: Cli, tmp_path: Path) -> None:
    edited = tmp_path / "edited.yml"
    edited.write_text(EXAMPLE.replace("Inspektor ochrony danych:", "Inspektorka ochrony danych:"))
    assert "Not possible" in cli("programme", "plan", str(edited))
    assert cli.run("programme", "apply", str(edited)).exit_code == 6


def _changed(folder: Path) -> str:
    path = folder / "changed.yml"
    path.write_text(EXAMPLE.replace("name: Ewa Lis", "name: Ewa Dudek"))
    return str(path)
