"""`privacy backup ...`: make backups, a module for each further command."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from privacy.cli.lazy import LazyGroup
from privacy.cli.output import json_option, print_json, print_table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from config import Config
    from privacy.recovery.service import Manifest

_COMMANDS = {
    "list": "privacy.cli.backup_list",
    "verify": "privacy.cli.backup_verify",
    "prune": "privacy.cli.backup_prune",
}


@click.group("backup", cls=LazyGroup, modules=_COMMANDS, invoke_without_command=True)
@click.option("--data", is_flag=True, help="Only the data: everything but people's keys.")
@click.option("--keys", is_flag=True, help="Only the keys: the keyring and people's keys, both as they are wrapped.")
@json_option
@click.pass_context
def command(ctx: click.Context, data: bool, keys: bool, as_json: bool) -> None:
    """Back up the data and the keys, each sealed and in a folder of its own; by default both, of one moment.

    The service goes on meanwhile. Backups whose time is over are deleted at each run. Killed anywhere, run it again:
    what it left is taken away. docs/backup.md says where the folders belong and what else to keep.
    """
    if ctx.invoked_subcommand is not None:
        return
    from privacy import clock
    from privacy.authz.actors import OPERATOR
    from privacy.cli.opening import opened
    from privacy.recovery import service as recovery

    chosen = {recovery.BackupKind.DATA: data, recovery.BackupKind.KEYS: keys}
    kinds = {kind for kind, asked in chosen.items() if asked} or set(chosen)
    with opened() as config:
        keeper = recovery.Keeper(config.backups_path, actor=OPERATOR)
        with _Bars(hidden=as_json) as bars:
            made = recovery.write_backups(kinds, source_of(config), show=bars)
        keeper.record_made()
        deleted = keeper.delete_expired(clock.micros())
    if as_json:
        print_json({"made": [facts_of(one) for one in made], "deleted": [one.id for one in deleted]})
    else:
        show_table(made)
        for one in deleted:
            click.echo(f"Deleted {one.id}, whose time was over.", err=True)


def source_of(config: Config) -> Any:
    """What is backed up, by the settings."""
    from privacy.crypto.providers.service import provider_of
    from privacy.recovery.service import Source

    return Source(
        database_url=config.database_url,
        folder=config.backups_path,
        ring_path=config.keyring_path,
        provider=provider_of(config.keys),
        backup_days=config.backup_days,
        key_backup_days=config.key_backup_days,
    )


def facts_of(manifest: Manifest) -> dict[str, Any]:
    """A backup as JSON shows it, times as people write them."""
    from privacy import clock

    times = {name: clock.isoformat(getattr(manifest, name)) for name in ("made_at", "ends_at")}
    return manifest.facts() | times


def show_table(backups: Sequence[Manifest]) -> None:
    """Backups as lines."""
    from privacy import clock

    rows = [
        (
            one.id,
            clock.isoformat(one.made_at // clock.SECOND * clock.SECOND),
            clock.isoformat(one.ends_at // clock.SECOND * clock.SECOND),
            one.log_size,
            f"{one.size / 1_000_000:,.1f} MB",
        )
        for one in backups
    ]
    print_table(("backup", "made", "deleted after", "log size", "size"), rows)


class _Bars:
    """A line of progress for each stage."""

    def __init__(self, *, hidden: bool) -> None:
        self._hidden = hidden or not sys.stderr.isatty()
        self._stage = ""
        self._shown = 0

    def __enter__(self) -> _Bars:
        return self

    def __exit__(self, *_: object) -> None:
        if self._stage and not self._hidden:
            click.echo(err=True)

    def __call__(self, stage: str, done: int, every: int) -> None:
        if self._hidden:
            return
        step = done * 100 // every if every else done // 1_000_000
        if (stage, step) == (self._stage, self._shown):
            return
        begin = "\n" if self._stage not in {"", stage} else "\r"
        self._stage, self._shown = stage, step
        click.echo(f"{begin}{stage}: {step} {'%' if every else 'MB'}", nl=False, err=True)
