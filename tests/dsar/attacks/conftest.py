"""The scene of every attack."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.callers import Service
from tests.dsar.attacks.scene import Scene, a_scene


@pytest.fixture
def scene(service: Service, tmp_path: Path) -> Scene:
    """A shop with its service, and Anna and Eve in it."""
    return a_scene(service, tmp_path)
