"""`privacy restore`: a backup back into its place, in quarantine until what came after it is replayed."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from privacy.cli.lazy import LazyGroup
from privacy.cli.output import json_option, print_json, print_lines

if TYPE_CHECKING:
    from config import Config
    from privacy.recovery import service as recovery

#: Exit code where the quarantine stays.
STAYS = 1
_COMMANDS = {"status": "privacy.cli.restore_status", "release": "privacy.cli.restore_release"}


@click.group("restore", cls=LazyGroup, modules=_COMMANDS, invoke_without_command=True)
@click.option("--data", metavar="ID", help="The backup of the data; by default the newest.")
@click.option(
    "--keys", metavar="ID", help="The backup of the keys, or `newest`; by default the one that fits the data."
)
@click.option(
    "--backups", type=click.Path(path_type=Path), help="Folder of the backups, instead of PRIVACY_BACKUP_DIR."
)
@click.option(
    "--journal", type=click.Path(path_type=Path), help="Folder of the journal, instead of PRIVACY_JOURNAL_DIR."
)
@click.option("--replace", is_flag=True, help="Give a SQLite database that is there another name first.")
@click.option("--verify", is_flag=True, help="Change nothing: verify what was restored, and show it again.")
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    data: str | None,
    keys: str | None,
    backups: Path | None,
    journal: Path | None,
    replace: bool,
    verify: bool,
    as_json: bool,
) -> None:
    """Restore a backup, and replay the erasures, withdrawals and other noes that came after it.

    Until that is done and verified the database is in quarantine: no check is answered, nothing is changed, nothing
    leaves. It ends by itself where nothing is missing. Killed anywhere, run it again: it goes on where it was.

    Exit code 0 where the service may speak, 1 where the quarantine stays; docs/restore.md says what to do then.
    """
    if ctx.invoked_subcommand is not None:
        return
    from privacy.cli import settings

    config = settings.load()
    chosen = {"backup_dir": backups, "journal_dir": journal}
    config = config.changed(**{name: str(path) for name, path in chosen.items() if path is not None})
    with _bars(hidden=as_json) as progress:
        restored = _verified(config) if verify else _restored(config, data, keys, replace, progress)
    show(restored, as_json=as_json)
    raise click.exceptions.Exit(STAYS if restored.quarantine.on or not restored.verdict.ok else 0)


def show(restored: recovery.Restored, *, as_json: bool) -> None:
    """The one screen."""
    from privacy.cli.restore_page import lines

    if as_json:
        print_json(restored.as_json())
    else:
        print_lines(lines(restored))


def files_of(config: Config) -> recovery.Files:
    """What is kept outside the database."""
    from privacy.recovery import service as recovery

    return recovery.Files(config.journal_path, config.anchor_path, config.verified_path)


def verify_log(config: Config) -> list[str]:
    """What is wrong with the log and the rows that it vouches for."""
    from privacy.evidence import service as evidence

    report = evidence.verify_installation(
        anchor=config.anchor_path, verified=config.verified_path, full=True, progress=lambda _done, _all: None
    )
    return [] if report.ok else report.lines()


def _verified(config: Config) -> recovery.Restored:
    from privacy.cli.opening import opened
    from privacy.recovery import service as recovery

    with opened(config):
        return recovery.shown(files_of(config), verify_log=lambda: verify_log(config))


def _restored(config: Config, data: str | None, keys: str | None, replace: bool, progress: Any) -> recovery.Restored:
    from privacy.cli import installation
    from privacy.cli.opening import opened
    from privacy.crypto.providers.service import provider_of
    from privacy.recovery import service as recovery

    place = recovery.Place(config.database_url, config.backups_path, config.keyring_path, provider_of(config.keys))
    config.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    with installation.alone(config.data_dir):
        recovery.ensure_unused(place)
        if _is_to_load(config, place, replace):
            _load(config, place, recovery.choose(place, data=data, keys=keys), replace, progress)
        with opened(config), _owner_keys(place) as rows:
            return recovery.finish(files_of(config), rows, verify_log=lambda: verify_log(config), progress=progress)


def _is_to_load(config: Config, place: recovery.Place, replace: bool) -> bool:
    """Whether a backup is to be loaded: not where one was, whose replay has only to go on.

    Raises `RestoreImpossible` for a database in which there is something else.
    """
    from privacy.cli.opening import opened
    from privacy.quarantine import quarantined
    from privacy.recovery import service as recovery

    if replace and config.on_sqlite:
        return True
    if recovery.is_empty(place):
        return True
    with opened(config):
        if quarantined():
            return False
    mend = "Say --replace to give it another name" if config.on_sqlite else "Make an empty one, and name that"
    raise recovery.RestoreImpossible(f"There is a database already, and it is not in quarantine. {mend}.")


def _load(config: Config, place: recovery.Place, chosen: recovery.Chosen, replace: bool, progress: Any) -> None:
    from privacy.cli.opening import engine_of
    from privacy.recovery import service as recovery

    ring = recovery.ring_for(place, chosen)
    aside = recovery.load(
        place, chosen, ring, replace=replace, loaded=lambda done: progress("bytes", done, chosen.data.size)
    )
    if aside is not None:
        click.echo(f"The database that was here is now {aside}. It holds people's data: delete it in time.", err=True)
    with engine_of(config) as engine:
        recovery.upgrade(engine)


@contextmanager
def _owner_keys(place: recovery.Place) -> Iterator[Iterator[Mapping[str, Any]] | None]:
    """The owners' keys of the backup that the database names; None for one that has its own."""
    from privacy.crypto import keyring
    from privacy.quarantine import mending
    from privacy.recovery import service as recovery

    with mending():
        state = recovery.last_quarantine()
    if state is None or state.key_backup is None or state.complete_through is not None:
        yield None
        return
    manifest = recovery.find_backup(place.backups, state.key_backup, recovery.BackupKind.KEYS)
    with recovery.owner_keys(place, manifest, keyring.installed()) as rows:
        yield rows


@contextmanager
def _bars(*, hidden: bool) -> Iterator[Any]:
    """One bar for each kind of work, one after another."""
    labels = {
        "bytes": "Loading",
        "indexes": "Indexing anew",
        "leaves": "Log",
        "people": "Erasing again",
        "rows": "Replaying",
    }
    bars: dict[str, Any] = {}

    def progress(what: str, done: int, every: int) -> None:
        if hidden:
            return
        if what not in bars:
            _finish(bars)
            bars[what] = click.progressbar(length=every, label=labels[what], file=sys.stderr)
            bars[what].__enter__()
        bars[what].length = max(every, done)
        bars[what].update(done - bars[what].pos)

    try:
        yield progress
    finally:
        _finish(bars)


def _finish(bars: dict[str, Any]) -> None:
    for name in [name for name, bar in bars.items() if bar is not None]:
        bars[name].__exit__(None, None, None)
        bars[name] = None
