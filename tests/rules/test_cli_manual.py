"""Every command is in the manual, as its help has it."""

from __future__ import annotations

from tests.rules import cli_manual


def test_the_manual_says_what_help_says() -> None:
    assert cli_manual.PAGE.read_text() == cli_manual.render(), "run: python -m tests.rules.cli_manual"
