"""The verifier as its user has it: a copy of the one file, alone in an empty folder, run with `python -I`."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.rules.source import PACKAGE

PROGRAM = PACKAGE / "audit" / "privacy_verify.py"


class Alone:
    """The program in its folder; files are given by their bytes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        shutil.copy(PROGRAM, folder / "privacy_verify.py")

    def put(self, name: str, content: Any) -> str:
        raw = content if isinstance(content, bytes) else json.dumps(content, ensure_ascii=False).encode()
        (self.folder / name).write_bytes(raw)
        return name

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-I", "privacy_verify.py", *arguments]
        return subprocess.run(command, cwd=self.folder, capture_output=True, text=True, timeout=60, env={}, check=False)


@pytest.fixture
def alone(tmp_path: Path) -> Alone:
    return Alone(tmp_path)
