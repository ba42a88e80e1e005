"""Groups whose commands are modules, imported when they are asked for: a short command stays quick."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any

import click


class LazyGroup(click.Group):
    """A group of modules, each with its command as `command`, in the order in which help shows them.

    A module that has several says which: `module:name`.
    """

    def __init__(self, *arguments: Any, modules: Mapping[str, str], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._modules = modules

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # the signature is Click's
        """Every command, in our order."""
        return list(self._modules)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command of that name; None where there is none."""
        module = self._modules.get(cmd_name)
        if module is None:
            return None
        path, _, name = module.partition(":")
        command: click.Command = getattr(importlib.import_module(path), name or "command")
        return command
