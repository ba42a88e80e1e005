"""Reads a file by a profile up to the pile, without a database: what its rows say and what is rejected."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from privacy.authz.actors import OPERATOR
from privacy.consent import service as consent
from privacy.consent.importing.files import files_of
from privacy.consent.importing.pile import Pile, RowSaid
from privacy.consent.importing.profile import Profile
from privacy.consent.importing.reading import Reader
from privacy.consent.importing.rejects import Reject, RejectsFile
from privacy.consent.importing.sources import sources
from privacy.programme import reader
from privacy.programme.build import build
from privacy.programme.types import Programme
from tests.programme.documents import EXAMPLE


@cache
def example_programme() -> Programme:
    """The programme of the first run, as it would be in force."""
    document = reader.read(EXAMPLE.read_bytes())
    return build(document.content, number=1, applied_at=0, sha256="")


@dataclass
class Read:
    """What came of a file or folder."""

    rows: int = 0
    said: list[RowSaid] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)

    @property
    def names(self) -> list[dict[str, str]]:
        """Whom the rows name, by file and line."""
        return [dict(row.names) for row in sorted(self.said, key=lambda row: (row.file, row.line))]

    @property
    def told(self) -> list[tuple[int, str, str]]:
        """Line, columns and reason of each reject."""
        return [(reject.line, reject.field, reject.reason) for reject in self.rejects]


def read(path: Path, profile: Profile | str, options: Mapping[str, str | None] | None = None) -> Read:
    """Read everything at a path; the keyring must be installed."""
    by = consent.profile(profile) if isinstance(profile, str) else profile
    given = {"purpose": "newsletter", "wording": "newsletter"} if options is None else options
    found = Read()
    with closing(Pile()) as pile:
        reading = Reader(
            by,
            {name: given.get(name, default) for name, default in by.options.items()},
            actor=OPERATOR,
            programme=example_programme(),
            pile=pile,
            reject=found.rejects.append,
            silent=lambda _origin, _broken: None,
        )
        for file in files_of(sources(path), by):
            found.rows += reading.read(file, lambda _: None)
        found.said = [row for circle in pile.by_circle() for row in circle.rows]
    return found


@contextmanager
def logged() -> Iterator[list[str]]:
    """What is logged meanwhile, by anybody at any level."""
    found: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: found.append(record.getMessage())  # type: ignore[method-assign]
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        yield found
    finally:
        root.removeHandler(handler)
        root.setLevel(level)


def write_rejects(rejects: list[Reject], folder: Path) -> Path:
    """The rejects file, as an import writes it."""
    with closing(RejectsFile(folder)) as file:
        for reject in rejects:
            file.add(reject)
    assert file.path is not None
    return file.path
