"""How a person is named on the command line: addresses and numbers on standard input, never as arguments.

Arguments stand in the process list, which every user of the machine may read, and in the shell's history.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from privacy.programme.types import Programme
    from privacy.subjects.service import Naming

_Function = TypeVar("_Function", bound=Callable[..., Any])
STANDARD_INPUT = "-"
_Callback = Callable[[click.Context, click.Parameter, str | None], str | None]
#: A line of standard input longer than any address.
_LONGEST = 4096


def read_secretly(_ctx: click.Context, option: click.Parameter, value: str | None) -> str | None:
    """Click callback: `-` reads one line of standard input, anything else is refused without repeating it."""
    if value is None:
        return None
    if value != STANDARD_INPUT:
        name = option.opts[0]
        raise click.BadParameter(
            f"write {name} - and give the value on standard input, one line: arguments show in process lists.",
            param=option,
        )
    return _line()


def read_either(_ctx: click.Context, _option: click.Parameter, value: str | None) -> str | None:
    """Click callback: `-` reads one line of standard input, anything else is the value."""
    return _line() if value == STANDARD_INPUT else value


def person_options(function: _Function) -> _Function:
    """Add the options that name one person; the command gets them as `person`, a mapping for `naming`."""
    return _with((*_IDENTIFYING, _REF), function)


def identifying_options(function: _Function) -> _Function:
    """The same without `--ref`, for a command whose reference has another name."""
    return _with(_IDENTIFYING, function)


def naming(programme: Programme, options: Mapping[str, str | None]) -> Naming:
    """The person that the options name; raises `InvalidInput` naming the field."""
    from privacy.authz.actors import OPERATOR
    from privacy.subjects import service as subjects

    return subjects.name_of(programme, OPERATOR, {name: value for name, value in options.items() if value is not None})


def _line() -> str:
    line = sys.stdin.readline(_LONGEST).strip("\r\n")
    if not line.strip():
        raise click.UsageError("One line is expected on standard input for each option that is `-`.")
    return line


_Named = tuple[str, _Callback, str]
_IDENTIFYING: tuple[_Named, ...] = (
    ("email", read_secretly, "`-`: the address is read from standard input."),
    ("phone", read_secretly, "`-`: the number is read from standard input."),
    ("postal_address", read_secretly, "`-`: the address is read from standard input, on one line."),
    ("customer_id", read_either, "Customer number, or `-`."),
    ("loyalty_card", read_either, "Number of the loyalty card, or `-`."),
    ("device_id", read_either, "Device, or `-`."),
)
_REF: _Named = ("ref", read_either, "Reference that this command line printed, or `-`.")


def _with(options: Sequence[_Named], function: _Function) -> _Function:
    for name, callback, text in reversed(options):
        function = click.option(
            f"--{name.replace('_', '-')}", name, callback=callback, expose_value=True, metavar="VALUE", help=text
        )(function)
    return function
