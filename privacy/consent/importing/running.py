"""Run an import: read every file, then record address by address.

It may be killed anywhere and run again, and the files may come in any order and any number of times: what was recorded
is known, and the end is the same. A dry run takes the same steps in units of work that are taken back, so its counts
are those of the run; since each address is dealt with in one unit, no unit misses what another took back.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from functools import partial
from pathlib import Path

from privacy.authz.actors import Actor
from privacy.consent.importing.chunks import in_chunks
from privacy.consent.importing.known import without_known
from privacy.consent.importing.meaning import Profile, Said
from privacy.consent.importing.pile import Pending, Pile
from privacy.consent.importing.reading import Reader, files_of
from privacy.consent.importing.recorder import Recorder
from privacy.consent.importing.rejects import Reject
from privacy.consent.importing.sources import sources
from privacy.consent.importing.translation import CHANNEL, Target, Translator
from privacy.errors import InvalidInput
from privacy.programme.types import Programme


class Stage(StrEnum):
    """The two halves of an import."""

    READING = "Reading"
    RECORDING = "Recording"


@dataclass(frozen=True)
class ImportOut:
    """What an import did, or a dry run would do."""

    #: Rows of the files but for headers and blank lines.
    rows: int
    acts_recorded: int
    #: Acts that were recorded before, by an earlier import or an earlier row.
    acts_known: int
    #: Rows that are in the rejects.
    rejected: int
    #: Addresses that it put on the suppression list.
    suppressed: int
    #: Addresses that may be written to for the purpose now and could not before, and the other way round.
    permissions_gained: int
    permissions_lost: int

    def as_dict(self) -> dict[str, int]:
        """The counts by name."""
        return asdict(self)


class Import:
    """One import of one export."""

    def __init__(self, profile: Profile, path: Path, target: Target, *, actor: Actor, programme: Programme) -> None:
        """Raises `InvalidInput` for a path, purpose or wording that cannot be meant, before anything is written."""
        _require_sensible(target, programme)
        self._profile = profile
        self._translator = Translator(profile, target, actor=actor, programme=programme)
        self._recorder = Recorder(self._translator)
        self._files = files_of(sources(path), profile)

    def run(
        self,
        *,
        dry_run: bool = False,
        on_reject: Callable[[Reject], None] = lambda _: None,
        on_progress: Callable[[Stage, int, int], None] = lambda _stage, _done, _of: None,
    ) -> ImportOut:
        """Read and record. Each reject is handed over as it is found; progress is (stage, done, of how much).

        Opens units of work of its own. Raises `InvalidInput` for a damaged archive, before anything was written, and
        `Unavailable`: then run it again.
        """
        counts: Counter[str] = Counter()

        def reject(found: Reject) -> None:
            counts["rejected"] += 1
            on_reject(found)

        with contextlib.closing(Pile()) as pile:
            counts["rows"] = self._read(pile, reject, partial(on_progress, Stage.READING))
            pending = self._new(pile, counts, partial(on_progress, Stage.RECORDING))
            for found in in_chunks(pending, self._recorder.record, keep=not dry_run):
                counts.update(found)
        return ImportOut(**{field.name: counts[field.name] for field in fields(ImportOut)})

    def _new(self, pile: Pile, counts: Counter[str], on_progress: Callable[[int, int], None]) -> Iterator[Pending]:
        """The addresses of which something is not recorded yet; what is, is counted."""
        done = 0
        for pending in without_known(pile.by_address(), self._translator):
            acts = sum(statement.said is not Said.BOUNCED for statement in pending.statements)
            counts["acts_known"] += pending.acts - acts  # Those that the files repeat are known the second time.
            if pending.statements:
                yield pending
            done += pending.rows
            on_progress(done, pile.rows)

    def _read(self, pile: Pile, reject: Callable[[Reject], None], on_progress: Callable[[int, int], None]) -> int:
        reader = Reader(self._profile, pile, self._translator.contact, reject)
        total = sum(file.source.size for file in self._files)
        rows = before = 0
        for file in self._files:
            rows += reader.read(file, lambda done, before=before: on_progress(before + done, total))  # type: ignore[misc]  # mypy knows no default in a lambda
            before += file.source.size
        return rows


def _require_sensible(target: Target, programme: Programme) -> None:
    """Mistakes that would leave every row without effect."""
    purpose = programme.purpose(target.purpose)
    if CHANNEL not in purpose.channels:
        raise InvalidInput.of("purpose", f"{purpose.code} is not sent by {CHANNEL}.")
    versions = {version: text for (code, version), text in programme.wordings.items() if code == target.wording}
    if not versions:
        known = sorted({code for code, _ in programme.wordings})
        raise InvalidInput.of("wording", f"The programme has no such wording. It has: {', '.join(known)}.")
    if target.version is not None and target.version not in versions:
        raise InvalidInput.of("wording", f"{target.wording} has the versions {', '.join(versions)}.")
    cited = [text for version, text in versions.items() if target.version in {None, version}]
    if all(text.purposes and purpose.code not in text.purposes for text in cited):
        raise InvalidInput.of("wording", f"{target.wording} is not about {purpose.code}.")
