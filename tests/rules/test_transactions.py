"""`commit` and `rollback` of our database occur in one file, and nothing opens a unit of work inside a service."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.rules.source import trees

ENDS_A_TRANSACTION = {"commit", "rollback"}
#: Our own database, and the one place where transactions of other people's databases begin and end.
ALLOWED = {"privacy.db", "privacy.systems.sql_database"}


def test_only_the_database_module_commits_or_rolls_back() -> None:
    found = [
        f"{module}:{line}"
        for module, tree in trees().items()
        if module not in ALLOWED
        for line in _calls(tree, ENDS_A_TRANSACTION)
    ]
    assert found == []


def test_services_and_policies_never_open_a_unit_of_work() -> None:
    found = [
        f"{module}:{line}"
        for module, tree in trees().items()
        if module.endswith((".service", ".policy", ".models"))
        for line in _calls(tree, {"unit_of_work"})
    ]
    assert found == []


def _calls(tree: ast.Module, names: set[str]) -> Iterator[int]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in names:
                yield node.lineno
