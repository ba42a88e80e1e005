"""What the console may show of the installation: handed in by the application, without a secret."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from flask import current_app

EXTENSION = "privacy_installation"


@dataclass(frozen=True)
class Setting:
    """One setting as it stands."""

    #: Its environment variable.
    name: str
    #: What it is set to; None where that is not for anybody's eyes.
    value: str | None
    #: Whether somebody set it, or it is as it comes.
    is_set: bool


@dataclass(frozen=True)
class Installation:
    """The installation as it was started."""

    #: Group by group in the order of the manual.
    settings: tuple[Setting, ...]
    #: What is allowed and still worth knowing, as the doctor says it.
    warnings: tuple[str, ...]
    version: str
    #: `sqlite` or `postgresql`.
    database: str
    verified_path: Path
    backups_path: Path


def installation() -> Installation:
    """That of this application."""
    found: Installation = current_app.extensions[EXTENSION]
    return found
