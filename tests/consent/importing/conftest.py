"""A programme in a migrated database, and ways to import and to ask."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from privacy import clock
from privacy.authz.actors import OPERATOR
from privacy.consent import service as consent
from privacy.consent.service import ImportOut, Reject
from privacy.db import Driver, session, unit_of_work
from privacy.programme import service as programmes
from privacy.subjects import service as subjects
from tests.consent.importing import naive
from tests.rules.source import ROOT

Reasons = dict[str, str]


@pytest.fixture
def installed(context: Flask) -> Flask:
    """An application context with the example programme."""
    apply_programme()
    return context


def apply_programme() -> None:
    document = programmes.read((ROOT / "programme.yml").read_bytes())
    with unit_of_work():
        programmes.apply(document, actor=OPERATOR, purpose_in_use=lambda _code: False)


def import_it(
    path: Path,
    *,
    profile: str = "mailchimp",
    purpose: str | None = "newsletter",
    wording: str | None = "newsletter",
    dry_run: bool = False,
    rejects: list[Reject] | None = None,
    on_progress: Callable[[consent.Stage, int, int], None] = lambda _stage, _done, _of: None,
) -> ImportOut:
    """Import a file or folder by a shipped profile or by a profile's file."""
    options = consent.ImportOptions.of(purpose, wording)
    history = consent.Import(
        consent.profile_at(profile),
        consent.import_files(path),
        options,
        actor=OPERATOR,
        programme=programmes.current(),
    )
    into = [] if rejects is None else rejects
    return history.run(dry_run=dry_run, on_reject=into.append, on_progress=on_progress)


def reasons(addresses: Iterable[str]) -> Reasons:
    """What `check` answers for each address."""
    programme = programmes.current()
    purpose, driver = programme.purpose("newsletter"), Driver.of(session())
    found = {}
    for address in addresses:
        naming = subjects.name_of(programme, OPERATOR, {"email": address})
        asked = consent.CheckIn(naming, purpose, "email")
        found[address] = consent.check(asked, actor=OPERATOR, programme=programme, driver=driver).decision.reason.value
    session().rollback()
    return found


def by_hand(folder: Path) -> Reasons:
    return naive.read(folder, clock.now())


def rows_of(*tables: str) -> dict[str, int]:
    """How many rows each table has."""
    counts = {table: session().scalar(sa.text(f"SELECT count(*) FROM {table}")) or 0 for table in tables}
    session().rollback()
    return counts
