"""A key service of Amazon's kind on this machine, and each provider in turn."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crypto.providers.kits import NAMES, Kit, kit, kms_server


@pytest.fixture(scope="session")
def kms() -> Iterator[str]:
    """The address of its server."""
    with kms_server() as address:
        yield address


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "var"
    made.mkdir(mode=0o700)
    return made


@pytest.fixture(params=NAMES)
def each(request: pytest.FixtureRequest, folder: Path, kms: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Kit]:
    """Every provider in turn."""
    with kit(request.param, folder, monkeypatch, kms) as made:
        yield made
