"""Run an import: read every file, then record circle by circle.

It may be killed anywhere and run again, and the files may come in any order and any number of times: what was recorded
is known, and the end is the same. A dry run takes the same steps in units of work that are taken back, so its counts
are those of the run; since all that has to do with each other is dealt with in one unit, no unit misses what another
took back.
"""

from __future__ import annotations

import contextlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from itertools import islice
from uuid import UUID

from privacy.authz.actors import Actor
from privacy.consent.importing import people
from privacy.consent.importing.chunks import in_chunks
from privacy.consent.importing.files import Origin, files_of
from privacy.consent.importing.judging import Judge
from privacy.consent.importing.known import leave_out_known
from privacy.consent.importing.options import Options
from privacy.consent.importing.pending import Pending, pending_of
from privacy.consent.importing.pile import Circle, Pile
from privacy.consent.importing.profile import Profile
from privacy.consent.importing.reading import Reader
from privacy.consent.importing.recorder import Recorder
from privacy.consent.importing.rejects import Reject
from privacy.consent.importing.rows_files import Entry
from privacy.consent.importing.sources import Source
from privacy.consent.importing.translation import Translator
from privacy.consent.importing.waterfall import Step, Waterfall
from privacy.db import session
from privacy.programme.types import Programme
from privacy.subjects import service as subjects

#: Circles that are looked up at once, and rows of theirs after which no other is added.
_AT_ONCE, _MOST_ROWS = 200, 1_000


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
    #: Contacts that it put on the suppression list.
    suppressed: int
    #: Keys (contact or account, purpose, channel) that may be used now and could not before, and the other way round.
    permissions_gained: int
    permissions_lost: int

    def as_dict(self) -> dict[str, int]:
        """The counts by name."""
        return asdict(self)


@dataclass(frozen=True)
class _Watch:
    """Who hears what while an import runs."""

    on_reject: Callable[[Reject], None]
    on_progress: Callable[[Stage, int, int], None]
    waterfall: Waterfall | None
    on_entry: Callable[[Step, Entry], None]


class Import:
    """One import of one export."""

    def __init__(
        self, profile: Profile, found: Sequence[Source], options: Options, *, actor: Actor, programme: Programme
    ) -> None:
        """Raises `InvalidInput` for files or options that cannot be meant, before anything is written."""
        self.profile = profile
        self.options = options.values(profile, programme)
        people.require_known(profile, programme)
        self.translator = Translator(profile, actor=actor, programme=programme)
        self.files = files_of(found, profile)

    def run(
        self,
        *,
        dry_run: bool = False,
        on_reject: Callable[[Reject], None] = lambda _reject: None,
        on_progress: Callable[[Stage, int, int], None] = lambda _stage, _done, _of: None,
        waterfall: Waterfall | None = None,
        on_entry: Callable[[Step, Entry], None] = lambda _step, _entry: None,
    ) -> ImportOut:
        """Read and record; a dry run leaves nothing behind.

        Each reject is handed over as it is found; progress is (stage, done, of how much). A waterfall is filled with
        all that the rows say, and `on_entry` hears of each thing and the step at which it ends; without one, what was
        recorded before is passed over. Opens units of work of its own. Raises `InvalidInput` for a damaged archive,
        before anything was written, and `Unavailable`: then run it again.
        """
        with contextlib.closing(Pile()) as pile:
            watch = _Watch(on_reject, on_progress, waterfall, on_entry)
            return _Run(self, pile, watch).take(keep=not dry_run)


class _Run:
    """One run of an import."""

    def __init__(self, of: Import, pile: Pile, watch: _Watch) -> None:
        self._files = of.files
        self._translator = of.translator
        self._pile = pile
        self._watch = watch
        self._counts: Counter[str] = Counter()
        self._reader = Reader(
            of.profile,
            of.options,
            actor=of.translator.actor,
            programme=of.translator.programme,
            pile=pile,
            reject=self._reject,
            silent=self._silent,
        )
        waterfall = watch.waterfall
        self._judge = (
            None if waterfall is None else Judge(of.translator, waterfall, lambda: self._reader.files, watch.on_entry)
        )

    def take(self, *, keep: bool) -> ImportOut:
        """Read all, then record all."""
        session().close()  # A read that the caller left open would hold up every commit on SQLite for as long as this.
        with subjects.standing_still() as ask:
            self._counts["rows"] = self._read(ask)
            self._join_known(ask)
        recorder = Recorder(self._translator)
        done_rows = 0
        for unit in in_chunks(self._pending(), recorder, keep=keep):
            for done in unit:
                self._counts.update(done.counts)
                if done.last:
                    self._counts["acts_known"] += done.pending.known
                    done_rows += len(done.pending.rows)
                    if self._judge is not None:
                        self._judge.add(done.pending, done.before, done.after)
            self._watch.on_progress(Stage.RECORDING, done_rows + self._passed, self._pile.rows)
        self._watch.on_progress(Stage.RECORDING, self._pile.rows, self._pile.rows)
        return ImportOut(**{field.name: self._counts[field.name] for field in fields(ImportOut)})

    # Reading.

    def _read(self, ask: Callable[[], None]) -> int:
        def on_progress(done: int, of: int) -> None:
            ask()
            self._watch.on_progress(Stage.READING, done, of)

        total = sum(file.source.size for file in self._files)
        rows = before = 0
        for file in self._files:
            rows += self._reader.read(file, lambda done, before=before: on_progress(before + done, total))  # type: ignore[misc]  # mypy knows no default in a lambda
            before += file.source.size
        return rows

    def _reject(self, reject: Reject) -> None:
        self._counts["rejected"] += 1
        self._watch.on_reject(reject)

    def _silent(self, origin: Origin, broken: bool) -> None:
        if self._judge is not None:
            self._judge.add_row(Step.BROKEN if broken else Step.SAYS_NOTHING, origin.file, origin.line)

    def _join_known(self, ask: Callable[[], None]) -> None:
        """Rows that name people who have to do with each other in the database already are of one circle."""
        realm = self._translator.actor.realm.value
        for names in self._pile.names():
            self._pile.join(_pairs(names, subjects.families(names, realm=realm)))
            session().close()
            ask()

    # Recording.

    #: Rows of circles of which everything was recorded before.
    _passed = 0

    def _pending(self) -> Iterator[Pending]:
        """The circles with what is not recorded yet; one of which everything is, is counted and passed over."""
        circles = self._pile.by_circle()
        while batch := [pending_of(circle, self._translator) for circle in _batch(circles)]:
            leave_out_known(batch, self._translator)
            for one in batch:
                if one.units or self._judge is not None:
                    yield one
                else:
                    self._counts["acts_known"] += one.known
                    self._passed += len(one.rows)


def _batch(circles: Iterator[Circle]) -> Iterator[Circle]:
    """The next circles, few enough that their rows take little memory."""
    rows = 0
    for circle in islice(circles, _AT_ONCE):
        yield circle
        rows += len(circle.rows)
        if rows >= _MOST_ROWS:
            return


def _pairs(names: Iterable[bytes], found: subjects.Families) -> Iterator[tuple[bytes, bytes]]:
    """Each name with the person whom it names, and with every contact that this person holds."""
    wanted = set(names)
    people = {subject.id: subject.person_id for subject in found.subjects}
    named: dict[bytes, set[UUID]] = defaultdict(set)
    held: dict[UUID, set[bytes]] = defaultdict(set)
    for subject in found.subjects:
        if subject.identifier in wanted:
            named[subject.identifier].add(subject.person_id)
    for contact in found.contacts:
        person = people[contact.subject_id]
        held[person].add(contact.index)
        if contact.index in wanted:
            named[contact.index].add(person)
    for name, persons in named.items():
        for person in persons:
            yield name, person.bytes
            yield from ((name, contact) for contact in held[person])
