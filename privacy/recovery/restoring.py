"""From a loaded backup to a service that may speak: keys, log, replay, verification, release. All in quarantine.

Each step is repeated harmlessly, and says in the database what must not be repeated; so whoever was killed anywhere
runs the same command again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from privacy import clock
from privacy.audit import service as audit
from privacy.audit.service import Anchor
from privacy.authz.actors import OPERATOR
from privacy.consent import service as consent
from privacy.crypto import keyring
from privacy.db import end_read, unit_of_work
from privacy.keys import service as rotation
from privacy.keys.service import Moved
from privacy.programme import service as programmes
from privacy.quarantine import mending
from privacy.recovery.chain import ended_logs, entries_since
from privacy.recovery.journal_lines import ReplayKind
from privacy.recovery.log_restoring import Files, Progress, continue_log
from privacy.recovery.owner_key_filling import Filled, fill_owner_keys
from privacy.recovery.quarantine import NotInQuarantine, Quarantine, last_quarantine, release, released
from privacy.recovery.replay import Tombstones, is_of_erased, replay

_SETTLE_SECONDS = 60.0

#: Verifies the whole log and the rows that it vouches for; returns what is wrong, in words.
VerifyLog = Callable[[], list[str]]


@dataclass(frozen=True)
class Verdict:
    """What a verification of a restored database found."""

    #: Rows of the journal that speak of what came after the backup.
    noes: int
    #: What is wrong, in words.
    findings: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing is."""
        return not self.findings


@dataclass(frozen=True)
class Reindexed:
    """What was indexed anew, because the keyring lacks the key by which it was found in the backup."""

    rows: int
    #: Values that nothing opens: of people whose key is gone, or damaged.
    unread: int


@dataclass(frozen=True)
class Restored:
    """What one screen shows."""

    quarantine: Quarantine
    origin: str
    #: When the last leaf that is known was sequenced: withdrawals are complete up to here.
    complete_until: int | None
    keys: Filled | None
    #: None where the keyring has the key of the indexes.
    reindexed: Reindexed | None
    counts: Mapping[str, int]
    verdict: Verdict

    def as_json(self) -> dict[str, Any]:
        """As the command prints it."""
        state = self.quarantine
        return {
            "released": not state.on,
            "data_backup": state.data_backup,
            "key_backup": state.key_backup,
            "log": self.origin,
            "position": state.position,
            "complete_through": state.complete_through,
            "complete_until": _time(self.complete_until),
            "gap": state.gap,
            "keys": vars(self.keys) if self.keys else None,
            "reindexed": vars(self.reindexed) if self.reindexed else None,
            "replayed": dict(sorted(self.counts.items())),
            "verified": self.verdict.ok,
            "noes": self.verdict.noes,
            "findings": list(self.verdict.findings),
        }


def finish(
    files: Files, owner_keys: Iterable[Mapping[str, Any]] | None, *, verify_log: VerifyLog, progress: Progress
) -> Restored:
    """Take a loaded database to where it may speak, and let it where nothing is missing; raises `NotInQuarantine`.

    `owner_keys`: the rows of the backup of the keys; None for a database that has its own.
    """
    with mending():
        state = _state()
        tombstones = Tombstones.of(files.journal)
        # Later a key that is missing here was destroyed by the replay.
        filled = None
        if owner_keys is not None and state.complete_through is None:
            filled = fill_owner_keys(owner_keys, tombstones)
        reindexed = _reindex(progress)
        continued = continue_log(state, files, actor=OPERATOR, progress=progress)
        backed_up = _backed_up(files, _state())
        counts = replay(files.journal, backed_up, state.position, tombstones, actor=OPERATOR, progress=progress)
        audit.settle(Anchor(files.anchor), seconds=_SETTLE_SECONDS)
        verdict = verify(files, verify_log=verify_log, tombstones=tombstones)
        if verdict.ok and continued.gap is None:
            with unit_of_work():
                release(actor=OPERATOR)
            released()
            audit.settle(Anchor(files.anchor), seconds=_SETTLE_SECONDS)
        return _shown(continued.origin, counts, verdict, filled=filled, reindexed=reindexed)


def verify(files: Files, *, verify_log: VerifyLog, tombstones: Tombstones | None = None) -> Verdict:
    """Whether everything that came after the backup stands: nobody erased is here, every "no" binds, the log is whole.

    Raises `NotInQuarantine` where nothing was ever restored.
    """
    with mending():
        state = last_quarantine()
        if state is None:
            raise NotInQuarantine("Nothing was restored here.")
        known = tombstones or Tombstones.of(files.journal)
        findings = list(verify_log())
        here = sum(len(ids) for portion in known.returned() for ids in portion.values())
        if here:
            findings.append(f"{here} people are here although they were erased.")
        noes, wrong = _verify_noes(files, state, known)
        if wrong:
            findings.append(f"{wrong} of {noes} acts that came after the backup do not bind.")
        return Verdict(noes, tuple(findings))


def release_by(files: Files, *, reason: str, by: UUID) -> Quarantine:
    """End the quarantine in spite of a gap: a member of staff answers for it. Raises `NotInQuarantine`."""
    with mending():
        with unit_of_work():
            release(actor=OPERATOR, by=by, reason=reason)
        released()
        audit.settle(Anchor(files.anchor), seconds=_SETTLE_SECONDS)
        return _state(lasting=False)


def shown(files: Files, *, verify_log: VerifyLog) -> Restored:
    """The screen anew, with everything verified again."""
    verdict = verify(files, verify_log=verify_log)
    with mending():
        origin = audit.origin()
        end_read()
        return _shown(origin, Counter(), verdict)


def _state(*, lasting: bool = True) -> Quarantine:
    state = last_quarantine()
    end_read()
    if state is None or (lasting and not state.on):
        raise NotInQuarantine
    return state


def _reindex(progress: Progress) -> Reindexed | None:
    """Index everybody under the key that there is, where the one of the backup was destroyed since."""
    rows = unread = 0

    def on_portion(moved: Moved) -> None:
        nonlocal rows, unread
        rows, unread = rows + moved.rows, unread + moved.unread
        progress("indexes", rows, rows)

    apart = rotation.indexed_apart(keyring.installed())
    end_read()
    if not apart:
        return None
    rotation.reindex_all(on_portion=on_portion)
    return Reindexed(rows, unread)


def _backed_up(files: Files, state: Quarantine) -> str:
    """The log that was backed up: this one, or the one that ended because something of it is missing."""
    ended = ended_logs(files.journal)
    if state.gap is not None and state.complete_through is not None and ended:
        return ended[-1].origin
    origin = audit.origin()
    end_read()
    return origin


def _verify_noes(files: Files, state: Quarantine, tombstones: Tombstones) -> tuple[int, int]:
    programme = programmes.current()
    end_read()
    noes = wrong = 0
    for entry in entries_since(files.journal, _backed_up(files, state), state.position):
        for one in entry.do:
            if one.kind is not ReplayKind.ACT or is_of_erased(one, tombstones):
                continue
            noes += 1
            stands = consent.is_replayed(one.row, also=one.also, contacts=one.contacts)
            wrong += not stands or consent.still_allows(one.row, programme=programme)
            end_read()
    return noes, wrong


def _shown(
    origin: str,
    counts: Mapping[str, int],
    verdict: Verdict,
    *,
    filled: Filled | None = None,
    reindexed: Reindexed | None = None,
) -> Restored:
    state = _state(lasting=False)
    known = state.complete_through
    # Behind the first leaf of a log that began anew every leaf stands one place further on.
    place = None if known is None else known - 1 + (state.gap is not None)
    until = audit.sequenced_at(place) if place is not None else None
    end_read()
    return Restored(state, origin, until, filled, reindexed, counts, verdict)


def _time(micros: int | None) -> str | None:
    return None if micros is None else clock.isoformat(micros)
