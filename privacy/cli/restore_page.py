"""What `privacy restore` shows: what was replayed, through where withdrawals are complete, what is missing."""

from __future__ import annotations

from collections.abc import Iterator

from privacy import clock
from privacy.recovery.service import Restored

_REPLAYED = {
    "erased": "people erased again",
    "act_recorded": "acts recorded again",
    "act_bound": "acts of people who are not in the backup, now on the suppression list",
    "act_nobody": "acts of people who are not in the backup, with no contact to bind",
    "suppression": "entries of the suppression list",
    "tombstone": "tombstones",
    "standing": "standings and age classes",
    "merge": "merges",
    "claim": "identity claims",
    "contact_end": "contacts that ended",
}


def lines(restored: Restored) -> Iterator[str]:
    """One screen."""
    state = restored.quarantine
    yield f"Backup       {state.data_backup or 'none: this copy of the database was put here by hand'}"
    if state.key_backup:
        yield f"Keys         {state.key_backup}"
    if restored.keys:
        told = f"{restored.keys.filled} brought back"
        told += f", {restored.keys.of_erased} of erased people left out" if restored.keys.of_erased else ""
        told += f", {restored.keys.destroyed} under a destroyed key left out" if restored.keys.destroyed else ""
        yield f"             {told}"
    if restored.reindexed:
        told = f"{restored.reindexed.rows} rows indexed under the key that there is now"
        told += f", {restored.reindexed.unread} values unreadable" if restored.reindexed.unread else ""
        yield f"Indexes      {told}"
    yield f"Log          {restored.origin}"
    yield f"             the backup has {state.position} leaves, {state.complete_through} are known"
    until = "" if restored.complete_until is None else f", sequenced at {clock.isoformat(restored.complete_until)}"
    if state.gap is None:
        yield f"Withdrawals  complete through leaf {(state.complete_through or 0) - 1}{until}"
    else:
        yield f"Withdrawals  NOT complete: known through leaf {(state.complete_through or 0) - 1}{until}"
        yield f"Missing      {state.gap}"
    for number, (kind, count) in enumerate(sorted(restored.counts.items())):
        yield f"{'Replayed' if number == 0 else '':<13}{count} {_REPLAYED.get(kind, kind)}"
    if not restored.counts:
        yield "Replayed     nothing that was not here already"
    verdict = restored.verdict
    how = "all is well" if verdict.ok else "NOT well"
    yield f"Verified     {how}; {verdict.noes} acts of after the backup looked at"
    yield from (f"             {finding}" for finding in verdict.findings)
    yield from _end(restored)


def _end(restored: Restored) -> Iterator[str]:
    state = restored.quarantine
    if not state.on:
        yield f"Quarantine   ended{f': {state.reason}' if state.reason else ''}. The service may be started."
    elif not restored.verdict.ok:
        yield "Quarantine   stays: see docs/restore.md, then run this again."
    else:
        yield "Quarantine   stays: the data protection officer decides. See: privacy restore release --help"
