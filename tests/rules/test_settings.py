"""Every setting is documented with its default, and every documented setting is real."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

from config import Config, env_name, setting_names
from tests.rules.source import ROOT

ROW = re.compile(r"^\| `(PRIVACY_\w+)` \| (.+?) \|", re.MULTILINE)
#: Defaults that follow from other settings.
DERIVED = {
    "PRIVACY_DATABASE_URL",
    "PRIVACY_BASE_URL",
    "PRIVACY_ROOT_KEY",
    "PRIVACY_BACKUP_DIR",
    "PRIVACY_JOURNAL_DIR",
}


def _documented() -> dict[str, str]:
    return dict(ROW.findall((ROOT / "docs" / "configuration.md").read_text().split("## For the tests only")[0]))


def test_the_manual_and_the_settings_name_the_same_things() -> None:
    assert sorted(_documented()) == sorted(setting_names())


def test_the_manual_gives_the_right_defaults() -> None:
    real = {
        env_name(entry.name): _shown(entry.default) for entry in fields(Config) if env_name(entry.name) not in DERIVED
    }
    assert {name: default for name, default in _documented().items() if name not in DERIVED} == {
        name: default for name, default in real.items() if name in setting_names()
    }


def _shown(default: object) -> str:
    if isinstance(default, bool):
        return f"`{int(default)}`"
    text = default.as_posix() if isinstance(default, Path) else str(default)
    return f"`{text}`" if text else "(none)"
