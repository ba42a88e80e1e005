"""Log calls: a constant message, values only in `extra`, no model object among them."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.rules.source import trees

LEVELS = {"debug", "info", "warning", "error", "exception", "critical", "log"}
LOGGERS = {"log", "logger", "LOGGER", "LOG", "_log", "_logger"}


def test_messages_are_constant_and_values_go_into_extra() -> None:
    found = [
        f"{module}:{call.lineno}"
        for module, tree in trees().items()
        for call in _log_calls(tree)
        if len(call.args) != 1 or not isinstance(call.args[0], ast.Constant)
    ]
    assert found == []


def test_nothing_prints_but_the_command_line() -> None:
    found = [
        f"{module}:{node.lineno}"
        for module, tree in trees().items()
        if not module.startswith("privacy.cli")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "print"
    ]
    assert found == []


def _log_calls(tree: ast.Module) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in LEVELS):
            continue
        owner = node.func.value
        name = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
        if name in LOGGERS:
            yield node
