"""What the installation is set to, with its keys and backups: to be read, and changed where the service is started."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from babel.support import LazyProxy
from flask import Response

from privacy import clock
from privacy.authz.permissions import Permission
from privacy.console.blueprint import console
from privacy.console.installation import Setting, installation
from privacy.console.setting_words import BACKUP_KINDS, GROUPS, KEY_USES
from privacy.crypto import keyring
from privacy.crypto.keyring import Key, Keyring
from privacy.pages.blueprint import needs
from privacy.pages.languages import lazy_gettext
from privacy.pages.look import look
from privacy.pages.rendering import render
from privacy.pages.tables import Column, Kind, as_csv, table
from privacy.recovery import service as recovery
from privacy.recovery.service import Manifest

#: Who runs the service, and whoever may see its jobs.
_READ = needs(Permission.JOBS_READ)
_BYTES = 1024 * 1024

_BACKUPS: tuple[Column[Manifest], ...] = (
    Column("made", lazy_gettext("Made"), lambda one: one.made_at, Kind.MOMENT),
    Column("holds", lazy_gettext("Holds"), lambda one: BACKUP_KINDS[one.kind], order=lambda one: one.kind.value),
    Column("events", lazy_gettext("Events of the log"), lambda one: one.log_size, Kind.NUMBER),
    Column("size", lazy_gettext("Size in MB"), lambda one: round(one.size / _BYTES, 1), Kind.NUMBER),
    Column("ends", lazy_gettext("Deleted on"), lambda one: one.ends_at, Kind.MOMENT),
    Column("version", lazy_gettext("Made by version"), lambda one: one.version),
)


def _keys(ring: Keyring) -> Iterator[tuple[LazyProxy, Key, bool, int]]:
    """Each key: its use, itself, whether it is the one in use, and its age in days."""
    now = clock.now()
    for use, said in KEY_USES.items():
        numbers = ring.numbers(use)
        for number in sorted(numbers, reverse=True):
            key = ring.get(use, number)
            age = (now - datetime.fromisoformat(key.created_at)).days if key.created_at else 0
            yield said, key, number == max(numbers), age


@console.page("/settings", guard=_READ, endpoint="settings")
def settings() -> Response:
    """Every setting, the keys by number and age, and the backups."""
    here = installation()
    backups = table(lazy_gettext("Backups"), _BACKUPS, reversed(recovery.readable_backups(here.backups_path)))
    return as_csv(backups, "backups") or render(
        "settings/settings.html",
        here=here,
        base_url=look().base_url,
        groups=list(_grouped(here.settings)),
        keys=list(_keys(keyring.installed())),
        backups=backups,
    )


def _grouped(settings: Sequence[Setting]) -> Iterator[tuple[LazyProxy, list[tuple[Setting, LazyProxy | str]]]]:
    """The settings by group with their meanings; those that no group has stand last."""
    left = {one.name: one for one in settings}
    for title, meanings in GROUPS:
        yield title, [(left.pop(name), text) for name, text in meanings.items() if name in left]
    if left:
        yield lazy_gettext("Others"), [(one, "") for one in left.values()]
