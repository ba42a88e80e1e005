"""The commands of the README run, in its order, with what a reader has at that point."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from config import PREFIX
from tests.cli.running import Service
from tests.rules.source import ROOT

README = (ROOT / "README.md").read_text()
BLOCKS = re.findall(r"^```sh\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
#: Blocks that start something in the foreground; what they start is what the `service` here is.
STARTING = ("make run", "privacy serve")

pytestmark = pytest.mark.timeout(600)  # three demos, on a machine that may be busy


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh clone as its reader stands in it: the virtual environment, no setting, an export to import."""
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PRIVACY_DATA_DIR", "var")
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".venv").symlink_to(Path(sys.executable).parent.parent)
    (tmp_path / "programme.yml").write_bytes((ROOT / "programme.yml").read_bytes())
    (tmp_path / "export").mkdir()
    row = "Email Address,OPTIN_TIME,CONFIRM_TIME\na@example.com,2026-03-17 06:08:36,2026-03-18 22:24:36\n"
    (tmp_path / "export" / "subscribed_members_export.csv").write_text(row)
    return tmp_path


@pytest.fixture
def demo(folder: Path) -> Iterator[Service]:
    service = Service(folder)
    service.start("--demo")
    yield service
    service.kill_everything()


def test_every_command_after_the_start_works_as_written(demo: Service, folder: Path) -> None:
    blocks = [block for block in BLOCKS if not any(start in block for start in (*STARTING, "make test"))]
    assert len(blocks) == 10
    printed = "".join(_run(block, folder, demo.port) for block in blocks)
    assert printed.count('"reason":"given"') == 1
    assert printed.count('"reason": "given"') == 1
    assert "prv_live_" in printed
    assert "VERIFIED" in printed
    assert "Nothing was changed. An erasure now:" in printed
    assert "changed by this: 0" in printed
    assert "Due after, by rule" in printed
    assert "closed, risk high" in printed
    assert "<svg" in (folder / "forecast.svg").read_text()
    assert (folder / "due-days.ics").read_text().startswith("BEGIN:VCALENDAR")


def test_the_commands_that_start_something_exist() -> None:
    makefile = (ROOT / "Makefile").read_text()
    assert "exec $(BIN)/privacy up $(ARGS)" in makefile
    for block in BLOCKS:
        for name in re.findall(r"privacy (\w+)", block):
            assert subprocess.run([_program(), name, "--help"], capture_output=True, check=False).returncode == 0
    for target in re.findall(r"`make (\w+)`", README):
        assert f"\n{target}: " in makefile


def test_every_link_leads_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / target).exists(), target


def _run(block: str, folder: Path, port: int) -> str:
    environ = os.environ | {"PRIVACY_PORT": str(port)}
    block = block.replace(":8000", f":{port}")
    done = subprocess.run(
        ["sh", "-e", "-c", block], cwd=folder, capture_output=True, text=True, check=False, env=environ
    )
    assert done.returncode == 0, (block, done.stdout, done.stderr)
    return done.stdout


def _program() -> Path:
    return Path(sys.executable).with_name("privacy")
