"""Who may import whom: the layers of the house, and what is private to a room."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

from tests.rules.source import ROOT, imports, room_of, trees

#: The only readers of the settings: they build the app. `app` names the class in its signature.
MAY_IMPORT_CONFIG = {"privacy.wsgi", "privacy.app"}


def test_the_layers_hold() -> None:
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([program, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_models_are_private_to_their_room() -> None:
    found = [
        f"{module} imports {name}"
        for module, tree in trees().items()
        for name in imports(tree)
        if name.startswith("privacy.") and ".models" in name and room_of(name) != room_of(module)
    ]
    assert found == []


def test_only_the_builders_of_the_app_know_the_settings() -> None:
    found = {module for module, tree in trees().items() for name in imports(tree) if name.split(".")[0] == "config"}
    assert {module for module in found if not module.startswith("privacy.cli")} <= MAY_IMPORT_CONFIG


def test_only_the_builders_of_the_app_read_the_environment() -> None:
    readers = {module for module, tree in trees().items() if "os.environ" in ast.unparse(tree)}
    readers |= {module for module, tree in trees().items() if "getenv" in ast.unparse(tree)}
    # Recovery hands it on to PostgreSQL's own programs and takes nothing from it.
    allowed = {"privacy.wsgi", "privacy.recovery.postgresql_snapshot"}
    assert {module for module in readers if not module.startswith("privacy.cli")} <= allowed
