"""What `privacy doctor` looks at. Each examination says what it found, and for a problem how to mend it."""

from __future__ import annotations

import shutil
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from config import Config
from privacy import clock
from privacy.access import service as access
from privacy.app import ways_of
from privacy.cli import failures, installation, keys_status, reachability
from privacy.cli.database_diagnosis import examine_database
from privacy.cli.opening import opened
from privacy.cli.recovery_diagnosis import examine_backups, examine_journal
from privacy.consent import service as consent
from privacy.crypto import keyring
from privacy.crypto.keyring import Keyring
from privacy.crypto.owner_keys import SERVICE_OWNER, load_owner_key
from privacy.crypto.providers.service import Sealed, provider_of
from privacy.db import session
from privacy.errors import NotAuthenticated, VerificationError
from privacy.jobs import service as jobs
from privacy.outbox import service as outbox
from privacy.programme import service as programme
from privacy.recovery import service as recovery

#: Less room than this and the next start, or a backup beside the data, may fail.
_LEAST_ROOM = 200 * 1024 * 1024


class State(StrEnum):
    """How an examination came out."""

    OK = "ok"
    NOTE = "note"
    PROBLEM = "problem"


@dataclass(frozen=True)
class Finding:
    """One result, for people."""

    state: State
    check: str
    text: str


def examine(config: Config) -> Iterator[Finding]:
    """Look at everything; a part that can't be looked at is a problem and doesn't hide the others."""
    yield Finding(State.OK, "settings", "They can be used.")
    yield from (Finding(State.NOTE, "settings", warning) for warning in config.warnings())
    if not config.data_dir.is_dir():
        yield Finding(State.PROBLEM, "data folder", f"{config.data_dir} is missing. Run: privacy init")
        return
    for name, examination in _EXAMINATIONS:
        try:
            yield from examination(config)
        except Sealed:
            yield Finding(State.NOTE, name, "Not looked at, the keys are sealed. Run: privacy keys unseal doctor")
        except OSError as error:
            yield Finding(State.PROBLEM, name, f"{error.strerror or 'It cannot be read'}.")
        except Exception as error:
            known = failures.as_privacy_error(error)
            if known is None:
                raise
            yield Finding(State.PROBLEM, name, known.detail)


def _data_folder(config: Config) -> Iterator[Finding]:
    name = "data folder"
    yield from _private(name, config.data_dir)
    for path in sorted(config.data_dir.iterdir()):
        if path.is_file():
            yield from _private(name, path)
    free = shutil.disk_usage(config.data_dir).free
    if free < _LEAST_ROOM:
        yield Finding(State.PROBLEM, name, f"Only {free // 1024**2} MB are free. Make room before writes fail.")
    else:
        yield Finding(State.OK, name, f"{config.data_dir}, {free // 1024**2} MB free.")


def _private(name: str, path: Path) -> Iterator[Finding]:
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        right = "700" if path.is_dir() else "600"
        text = f"{path} has mode {mode:04o}: other users of this machine may get at it. Run: chmod {right} {path}"
        yield Finding(State.PROBLEM, name, text)


def _keyring(config: Config) -> Iterator[Finding]:
    Keyring.load(config.keyring_path, provider_of(config.keys))
    yield Finding(State.OK, "keyring", "It can be read. Its copy belongs apart from the database's backups.")


def _database(config: Config) -> Iterator[Finding]:
    for problem, text in examine_database(config):
        yield Finding(State.PROBLEM if problem else State.OK, "database", text)


def _keys(config: Config) -> Iterator[Finding]:
    with opened(config):
        try:
            load_owner_key(session(), keyring.installed(), SERVICE_OWNER)
        except VerificationError:
            text = f"{config.keyring_path} does not open this database's keys: they are not of one installation."
            yield Finding(State.PROBLEM, "keys", f"{text} Restore the keyring that belongs to it, or run: privacy init")
            return
        warnings = keys_status.status_of(config, keyring.installed()).warnings
    yield Finding(State.OK, "keys", "The keyring opens this database's keys.")
    yield from (Finding(State.NOTE, "keys", warning) for warning in warnings)


def _programme(config: Config) -> Iterator[Finding]:
    with opened(config):
        current = programme.current()
        if current.applied_at > clock.micros():
            text = f"The programme was applied at {clock.isoformat(current.applied_at)}, which is yet to come."
            yield Finding(State.PROBLEM, "clock", f"{text} Set this machine's clock.")
        planned = programme.plan(programme.read(config.programme.read_bytes()))
    if planned.changes:
        text = f"{config.programme} differs from the programme in force in {len(planned.changes)} places."
        yield Finding(State.NOTE, "programme", f"{text} See: privacy programme plan")
    else:
        yield Finding(State.OK, "programme", f"Number {current.number} is in force and equals the file.")


def _quarantine(config: Config) -> Iterator[Finding]:
    name = "quarantine"
    with opened(config):
        state = recovery.last_quarantine()
    if state is not None and state.on:
        text = f"Since {clock.isoformat(state.since)} nothing is answered, changed or sent. {state.gap or ''}".rstrip()
        yield Finding(State.PROBLEM, name, f"{text} See: privacy restore --help")


def _first_key(config: Config) -> Iterator[Finding]:
    name, path = "first key", config.data_dir / installation.KEY_FILE
    mend = f"A new one: privacy client rotate {installation.FIRST_CLIENT}"
    if not path.exists():
        yield Finding(State.NOTE, name, f"{path} is not here. {mend}")
        return
    with opened(config):
        try:
            access.authenticate(path.read_text().strip())
        except NotAuthenticated:
            yield Finding(State.NOTE, name, f"The key in {path} is expired or revoked. {mend}")
            return
    yield Finding(State.OK, name, f"The key in {path} works. Take it away once every system has its own.")


def _acts(config: Config) -> Iterator[Finding]:
    with opened(config):
        waiting = sum(q.acts for q in consent.without_effect(realm="live", programme=programme.current()))
    if waiting:
        yield Finding(State.NOTE, "acts", f"{waiting} have no effect. See: privacy consent queue")


def _messages(config: Config) -> Iterator[Finding]:
    name = "messages"
    with opened(config):
        counted = outbox.counts()
        ways = ways_of(config).kinds
    for kind in outbox.MessageKind:
        waiting = counted.get((kind, outbox.MessageState.PENDING), 0)
        if waiting and kind is outbox.MessageKind.POST:
            yield Finding(State.NOTE, name, f"{waiting} letters are to be posted. See: privacy outbox list --kind post")
        elif waiting and kind not in ways:
            yield Finding(State.NOTE, name, f"{waiting} by {kind.value} wait: no way to send them is set up.")
    if failed := sum(number for (_, state), number in counted.items() if state.failed):
        yield Finding(State.NOTE, name, f"{failed} were not delivered. See: privacy outbox list --failures")


def _jobs(config: Config) -> Iterator[Finding]:
    """Jobs that no worker sees to, or that fail, and alarms that nobody acknowledged."""
    name, now = "jobs", clock.micros()
    with opened(config):
        standings, ringing = jobs.standings(), jobs.alarms()
    silent = [one.name for one in standings if now - one.beat_at > jobs.SILENT]
    if not standings or len(silent) == len(standings):
        yield Finding(State.NOTE, name, "No worker runs. Start one: privacy up, or privacy worker")
    elif silent:
        yield Finding(State.PROBLEM, name, f"No worker sees to: {', '.join(silent)}. See: privacy jobs list")
    for one in standings:
        if one.failures:
            text = f"{one.name} has failed {one.failures} times in a row ({one.failure})."
            yield Finding(State.NOTE, name, f"{text} See: privacy jobs show")
    if waiting := sum(one.acknowledged_at is None for one in ringing):
        yield Finding(State.NOTE, name, f"{waiting} alarms ring. See: privacy alarms list")


def _journal(config: Config) -> Iterator[Finding]:
    for problem, text in examine_journal(config):
        yield Finding(State.PROBLEM if problem else State.OK, "journal", text)


def _backups(config: Config) -> Iterator[Finding]:
    for problem, text in examine_backups(config, clock.micros()):
        yield Finding(State.PROBLEM if problem else State.NOTE, "backups", text)


def _port(config: Config) -> Iterator[Finding]:
    problem, text = reachability.port_state(config)
    yield Finding(State.PROBLEM if problem else State.OK, "port", text)


_EXAMINATIONS: tuple[tuple[str, Callable[[Config], Iterator[Finding]]], ...] = (
    ("data folder", _data_folder),
    ("keyring", _keyring),
    ("database", _database),
    ("keys", _keys),
    ("quarantine", _quarantine),
    ("programme", _programme),
    ("first key", _first_key),
    ("acts", _acts),
    ("messages", _messages),
    ("jobs", _jobs),
    ("journal", _journal),
    ("backups", _backups),
    ("port", _port),
)
