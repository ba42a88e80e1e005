"""People and acts to journal and to back up, and the worker's part of it without a worker."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flask import Flask

from config import Config
from privacy.audit import service as audit
from privacy.authz.actors import OPERATOR
from privacy.crypto import keyring
from privacy.crypto.keyring import Keyring, beside
from privacy.db import db
from privacy.recovery import service as recovery
from privacy.recovery.service import BackupKind, Entry, Journal, Manifest
from tests.callers import ANNA, Caller, Service, a_give

BOB = {"customer_id": "C-2002", "email": "bob@example.org"}


@contextlib.contextmanager
def inside(app: Flask) -> Iterator[None]:
    """A context whose session is gone afterwards."""
    with app.app_context():
        try:
            yield
        finally:
            db.session.remove()


def settled(app: Flask, folder: Path) -> None:
    """Everything recorded so far is in the published log."""
    with inside(app):
        audit.settle(audit.Anchor(folder / "anchor.txt"), seconds=20)


def journalled(app: Flask, folder: Path) -> list[Entry]:
    """Sequence and journal all there is; returns the journal."""
    settled(app, folder)
    journaling = recovery.Journaling(folder / "journal")
    journaling.run(app.app_context, threading.Event())
    journaling.release(app.app_context)
    return list(Journal(folder / "journal").entries())


def a_no(caller: Caller, act: str = "withdraw", **changes: Any) -> dict[str, Any]:
    """Record a refusal of some sort; by default Anna withdraws from offers on every channel."""
    body = {
        "subject": ANNA,
        "purpose": "offers",
        "act": act,
        "occurred_at": "2026-11-20T11:00:00+01:00",
        "source": {"system": "shop", "point": "account", "method": "web_form"},
    }
    return caller.record({name: value for name, value in (body | changes).items() if value is not None})


def many_acts(service: Service, number: int) -> Caller:
    """So many consents and as many withdrawals, of as many people."""
    caller = service.caller()
    for one in range(number):
        who = {"customer_id": f"C-9{one:05}", "email": f"person{one}@example.net"}
        caller.record(a_give(who))
        a_no(caller, subject=who)
    return caller


def own_ring(path: Path) -> Keyring:
    """The ring as the installation's file has it, with its provider, installed."""
    ring = Keyring.load(path)
    keyring.install(ring)
    return ring


def source(config: Config) -> recovery.Source:
    """What `privacy backup` backs up with these settings."""
    return recovery.Source(
        database_url=config.database_url,
        folder=config.backups_path,
        ring_path=config.keyring_path,
        provider=beside(config.keyring_path),
        backup_days=config.backup_days,
        key_backup_days=config.key_backup_days,
    )


def backed_up(app: Flask, config: Config, *kinds: BackupKind) -> list[Manifest]:
    """Make backups as the command does, with their events."""
    with inside(app):
        made = recovery.write_backups(kinds or tuple(BackupKind), source(config))
        recovery.Keeper(config.backups_path, actor=OPERATOR).record_made()
    return made


def body_of(manifest: Manifest, config: Config) -> bytes:
    """All that a backup holds, opened."""
    ring = Keyring.load(config.keyring_path)
    with recovery.open_body(config.backups_path, manifest, ring=ring, provider=ring.provider) as body:
        return body.read()
