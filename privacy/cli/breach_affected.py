"""`privacy breach affected`: who is affected, by a list, by acts, or by rows of a system."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any
from uuid import UUID

import click

from privacy.cli.output import json_option, print_json, print_lines, print_table

if TYPE_CHECKING:
    from privacy.breach.telling.affected import Line, Rejected

#: Lines of one unit of work, signs of one line, and lines named of those that name nobody.
_AT_ONCE, _LONGEST, _SHOWN = 50, 65_536, 1_000


@click.command("affected")
@click.argument("number")
@click.option("--list", "path", type=click.Path(allow_dash=True, path_type=Path), help="CSV or NDJSON; `-`: stdin.")
@click.option(
    "--acts-from", "source_system", metavar="SYSTEM", help="Everybody with an act that came from this system."
)
@click.option("--purpose", metavar="CODE", help="Everybody with an act for this purpose; with --act of that kind.")
@click.option("--act", metavar="KIND", help="give, withdraw, inform, ...")
@click.option("--system", metavar="CODE", help="Everybody whom rows of this system are about.")
@click.option("--table", "tables", multiple=True, metavar="NAME", help="Of these tables alone.")
@click.option("--category", "categories", multiple=True, metavar="CODE", help="Of tables with such data alone.")
@json_option
def command(
    number: str,
    path: Path | None,
    system: str | None,
    tables: tuple[str, ...],
    categories: tuple[str, ...],
    as_json: bool,
    **acts: str | None,
) -> None:
    """Record who is affected by the breach NUMBER, or show how many are.

    A list has a column for each identifier (email, phone, customer_id, ...), or a JSON object on each line. Lines that
    name nobody are told by their numbers. What is asked of acts or of a system is found by the worker.
    """
    from privacy.authz.actors import OPERATOR
    from privacy.breach import service as breach
    from privacy.cli.opening import opened
    from privacy.db import unit_of_work

    rejected: list[Rejected] = []
    with opened():
        mine = breach.named(number, actor=OPERATOR).id
        if path is not None:
            with click.open_file(str(path), encoding="utf-8-sig", errors="replace") as file:
                rejected = _read(mine, file)
        if any(acts.values()):
            asked = _question(acts, breach.ActsQuestion)
            with unit_of_work():
                breach.ask_acts(mine, asked, actor=OPERATOR)
        if system:
            rows = breach.DataMapQuestion(system, tables=tables, data_categories=categories)
            with unit_of_work():
                breach.ask_rows(mine, rows, actor=OPERATOR)
        counts, sources = breach.affected_counts(mine), breach.affected_sources(mine)
    if as_json:
        shown = [{"kind": s.kind, "state": s.state, "read": s.rows_read, "added": s.added} for s in sources]
        lines = [{"line": one.line, "why": one.why} for one in rejected[:_SHOWN]]
        print_json({"affected": counts.affected, "known": counts.known, "sources": shown, "rejected": lines})
        return
    click.echo(f"Affected: {counts.affected}; of our records: {counts.known}; by a contact: {counts.by_contact}.")
    rows_shown = [(s.kind, s.state, s.rows_read, s.added, s.repeated, s.rejected, s.failure or "") for s in sources]
    print_table(("FOUND BY", "STATE", "READ", "ADDED", "REPEATED", "REJECTED", "FAILURE"), rows_shown)
    print_lines(f"  line {one.line}: {one.why}" for one in rejected[:_SHOWN])


def _question(given: dict[str, Any], kind: Any) -> Any:
    import msgspec

    from privacy.http.reading import decode

    return decode(msgspec.json.encode({name: value for name, value in given.items() if value}), kind)


def _read(breach_id: UUID, file: IO[str]) -> list[Rejected]:
    """Read a list in portions, each committed by itself; what was read stays if a later one cannot be."""
    from privacy.authz.actors import OPERATOR
    from privacy.breach import service as breach
    from privacy.db import unit_of_work

    with unit_of_work():
        source = breach.open_source(breach_id, breach.SourceKind.LIST, actor=OPERATOR).id
    rejected: list[Rejected] = []
    lines = _lines(file)
    while portion := list(itertools.islice(lines, _AT_ONCE)):
        with unit_of_work():
            found = breach.add_lines(source, portion, actor=OPERATOR)
        rejected += found[: max(_SHOWN - len(rejected), 0)]
    with unit_of_work():
        breach.end_source(source, actor=OPERATOR)
    return rejected


def _lines(file: IO[str]) -> Iterator[Line]:
    from privacy.breach import service as breach

    numbered = ((number, text) for number, text in enumerate(_bounded(file), 1) if text is None or text.strip())
    first = next(numbered, None)
    if first is None:
        return
    if (first[1] or "").lstrip().startswith("{"):
        for number, text in itertools.chain([first], numbered):
            yield breach.Line(number, _object(text))
        return
    heads = [head.strip() for head in _cells(first[1] or "")]
    for number, text in numbered:
        cells = [] if text is None else _cells(text)
        named = {head: cell.strip() for head, cell in zip(heads, cells, strict=False) if cell.strip()}
        yield breach.Line(number, named if len(cells) == len(heads) else None)


def _bounded(file: IO[str]) -> Iterator[str | None]:
    """Each line; None for one that is longer than any line of a list is."""
    while text := file.readline(_LONGEST):
        if len(text) < _LONGEST or text.endswith("\n"):
            yield text
            continue
        while (rest := file.readline(_LONGEST)) and not rest.endswith("\n"):
            pass
        yield None


def _cells(text: str) -> list[str]:
    import csv

    separator = ";" if text.count(";") > text.count(",") else ","
    return next(csv.reader([text], delimiter=separator), [])


def _object(text: str | None) -> dict[str, str] | None:
    import msgspec

    try:
        return msgspec.json.decode(text or "", type=dict[str, str])
    except msgspec.MsgspecError:
        return None
