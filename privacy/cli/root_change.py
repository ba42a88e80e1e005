"""Bring a keyring under another root key, so that a run that was killed anywhere is finished by the next one.

A note in the folder, without any secret, says what is about to be done. The ring changes in one step, from one whole
file to the other; then the log is told, then a root key in a file that serves no more is destroyed, then the note goes.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from config import Config
from privacy.authz.actors import OPERATOR
from privacy.cli import installation
from privacy.crypto import keyring
from privacy.crypto.keyring import Keyring
from privacy.crypto.providers.service import FileProvider, Provider
from privacy.crypto.providers.shares import Root
from privacy.crypto.ring_file import RingFile
from privacy.db import new_id, unit_of_work
from privacy.keys import service as keys
from privacy.keys.service import RootChange

#: Name of the note in the data folder.
NOTE = "root-key-change.json"


def planned(*, before: str | None, provider: str, root: Root | None = None) -> RootChange:
    """A change that is about to be made by whoever runs this command."""
    ceremony: dict[str, int | str] | None = None
    if root is not None:
        held = root.ceremony
        ceremony = {
            "number": held.identifier,
            "shares": held.shares,
            "threshold": held.threshold,
            "check": root.check_value(),
        }
    account = int(os.environ.get("SUDO_UID") or os.getuid())
    return RootChange(new_id(), before, provider, account, ceremony)


@dataclass(frozen=True)
class Finished:
    """A change that is in the log, and the root key file that was destroyed after it."""

    change: RootChange
    destroyed: Path | None


def begin(config: Config, change: RootChange, *, keep_root_key: bool = False) -> None:
    """Write the note."""
    noted = {"id": str(change.id), "keep_root_key": keep_root_key, **change.told()}
    installation.write_private(config.data_dir / NOTE, json.dumps(noted))


def bring_under(config: Config, provider: Provider, change: RootChange, *, keep_root_key: bool = False) -> Finished:
    """Wrap every key of the process's ring under the provider's root key, in one step on the disk.

    With the application open on the ring as it was, and alone in its folder. The new file is read back and compared
    before it takes the old one's place. Raises `KeyringUnusable`; then nothing has changed.
    """
    begin(config, change, keep_root_key=keep_root_key)
    # As it is now that nobody else changes it.
    ring = Keyring.load(config.keyring_path, keyring.installed().provider)
    installation.replace_keyring(ring.under(provider), config.keyring_path)
    keyring.install(Keyring.load(config.keyring_path, provider))
    done = finish(config)
    assert done is not None
    return done


def finish(config: Config) -> Finished | None:
    """Do what is left of a change: tell the log, destroy a root key file that serves no more. None where nothing is.

    With the application open.
    """
    path = config.data_dir / NOTE
    try:
        noted = json.loads(path.read_text())
    except FileNotFoundError:
        return None
    change = RootChange(UUID(noted["id"]), noted["before"], noted["provider"], noted["account"], noted["ceremony"])
    if not _is_made(config, change):
        path.unlink()
        return None
    with unit_of_work():
        keys.record_root_change(change, keyring.installed().ring_id, actor=OPERATOR)
    destroyed = None if noted["keep_root_key"] else destroy_file(config)
    path.unlink()
    return Finished(change, destroyed)


def destroy_file(config: Config) -> Path | None:
    """Destroy the root key in a file where another provider keeps the one in use; which it was."""
    path = Path(config.keys["root_key"])
    found = RingFile.read(config.keyring_path)
    if found is None or found.provider == FileProvider.name:
        return None
    return path if FileProvider(path).destroy() else None


def _is_made(config: Config, change: RootChange) -> bool:
    """Whether the ring is under the root key of the change: a run may have been killed before that."""
    found = RingFile.read(config.keyring_path)
    if found is None or found.provider != change.provider:
        return False
    return change.ceremony is None or (
        found.ceremony is not None and found.ceremony.identifier == change.ceremony["number"]
    )
