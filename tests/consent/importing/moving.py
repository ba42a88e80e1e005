"""All files of a company that moves in: where they lie, how each goes in, and what everybody ends with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import sqlalchemy as sa
import yaml

from privacy import clock
from privacy.authz.actors import OPERATOR
from privacy.consent import service as consent
from privacy.consent.importing.rows_files import Entry
from privacy.consent.service import ImportOut, Step, Waterfall
from privacy.db import Driver, session
from privacy.programme import service as programmes
from privacy.subjects import service as subjects
from tests.consent.importing.naive import Key, Rules, World, readers
from tests.consent.importing.naive.told import Listed, Told
from tests.rules.source import ROOT

#: The five profiles, each with its options.
OPTIONS = {
    "mailchimp": consent.ImportOptions("newsletter", "newsletter"),
    "hubspot": consent.ImportOptions("offers", "klauzula"),
    "crm": consent.ImportOptions(),
    "tills": consent.ImportOptions(),
    "suppression": consent.ImportOptions(),
}
_READERS: dict[str, Callable[[Path], Iterable[Told | Listed]]] = {
    "mailchimp": readers.mailchimp,
    "hubspot": readers.hubspot,
    "crm": readers.crm,
    "tills": readers.tills,
    "suppression": readers.suppression,
}


@dataclass(frozen=True)
class Files:
    """The exports of a company, by profile: Mailchimp's is a folder of three files."""

    paths: dict[str, Path]

    def only(self, *names: str) -> Files:
        """Some of them."""
        return replace(self, paths={name: self.paths[name] for name in names})

    def told(self) -> Iterator[Told | Listed]:
        """All that they tell, read by hand."""
        for name, path in self.paths.items():
            yield from _READERS[name](path)

    def world(self, received: int | None = None) -> World:
        """What everybody must end with, were all of them received at that moment."""
        at = clock.from_micros(clock.micros() if received is None else received)
        return World(self.told(), rules(), at)


@cache
def rules() -> Rules:
    """Those of the example programme."""
    return Rules.of(yaml.safe_load((ROOT / "programme.yml").read_text(encoding="utf-8")))


def bring_in(
    name: str,
    path: Path,
    *,
    dry_run: bool = False,
    waterfall: Waterfall | None = None,
    on_entry: Callable[[Step, Entry], None] = lambda _step, _entry: None,
) -> ImportOut:
    """Import one export."""
    found = consent.import_files(path)
    moving = consent.Import(consent.profile(name), found, OPTIONS[name], actor=OPERATOR, programme=programmes.current())
    return moving.run(dry_run=dry_run, waterfall=waterfall, on_entry=on_entry)


def bring_in_all(files: Files, order: Sequence[str] | None = None) -> dict[str, ImportOut]:
    """Import every export, in the order given."""
    return {name: bring_in(name, files.paths[name]) for name in order or files.paths}


def answers(keys: Iterable[Key]) -> dict[Key, str]:
    """What `check` answers for each key."""
    programme, driver = programmes.current(), Driver.of(session())
    found = {}
    for (sort, value), purpose, channel in keys:
        naming = subjects.name_of(programme, OPERATOR, {sort: value})
        asked = consent.CheckIn(naming, programme.purpose(purpose), channel)
        checked = consent.check(asked, actor=OPERATOR, programme=programme, driver=driver)
        found[(sort, value), purpose, channel] = checked.decision.reason.value
    session().rollback()
    return found


def allowed(keys: Iterable[Key]) -> dict[Key, bool]:
    """Whether `check` allows each key."""
    return {key: reason == "given" for key, reason in answers(keys).items()}


def every_table() -> dict[str, int]:
    """How many rows each table has."""
    names = sorted(sa.inspect(session().get_bind()).get_table_names())
    counts = {name: session().scalar(sa.text(f'SELECT count(*) FROM "{name}"')) or 0 for name in names}
    session().rollback()
    return counts


def findings() -> list[object]:
    """What `consent verify` finds wrong."""
    return [found for _, found in consent.verify() if found]
