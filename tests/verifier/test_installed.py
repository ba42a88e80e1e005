"""The installed command is the one file, it needs nothing of the service, and its published hash is true."""

from __future__ import annotations

import ast
import hashlib
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

from tests.rules.source import ROOT
from tests.verifier.conftest import PROGRAM, Alone
from tests.verifier.made import KEY, Log

INSTALLED = Path(sysconfig.get_path("scripts")) / "privacy-verify"


def body(raw: bytes) -> bytes:
    """Everything but the first line, in which an installation names its own Python."""
    return raw.partition(b"\n")[2]


def test_the_installed_command_is_that_file_and_a_copy_of_it_runs_alone(alone: Alone) -> None:
    assert body(INSTALLED.read_bytes()) == body(PROGRAM.read_bytes())
    shutil.copy(INSTALLED, alone.folder / "privacy_verify.py")
    done = alone.run(alone.put("evidence", Log().inclusion()), "--key", str(KEY.verifier))
    assert done.returncode == 0, done.stdout
    assert subprocess.run([INSTALLED, "--help"], capture_output=True, check=False).returncode == 0


def test_it_imports_nothing_but_the_standard_library() -> None:
    tree = ast.parse(PROGRAM.read_bytes())
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in names} <= sys.stdlib_module_names


def test_the_published_hash_is_that_of_the_file() -> None:
    digest = hashlib.sha256(body(PROGRAM.read_bytes())).hexdigest()
    assert digest in (ROOT / "docs" / "verifying.md").read_text(), f"docs/verifying.md must say {digest}"
