"""Make an installation: folder, keyring, schema, service key, log, programme, first API key.

Each step is done only where its result is missing, and leaves either its whole result or nothing that the next run
would stumble over; so a run that was killed anywhere is mended by running again, and a second run changes nothing.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import sqlalchemy as sa

from config import Config
from privacy import clock
from privacy.access import service as access
from privacy.audit import service as audit
from privacy.authz.actors import OPERATOR
from privacy.authz.permissions import CLIENT_SCOPES
from privacy.cli.opening import engine_of, opened
from privacy.consent import service as consent
from privacy.crypto import keyring
from privacy.crypto.keyring import Keyring, KeyringUnusable, KeyUse
from privacy.crypto.owner_keys import SERVICE_OWNER, KeyDestroyed, create_owner_key, load_owner_key, open_wrapping_key
from privacy.crypto.providers.service import FileProvider, Pkcs11Provider, Provider, SharesProvider, provider_of
from privacy.db import engine_url, session, unit_of_work
from privacy.errors import Conflict, NotAuthenticated
from privacy.programme import service as programme

FIRST_CLIENT = "first"
#: Names in the data folder.
KEY_FILE, CURL_HEADER, CURL_QUESTION = "first-key", "curl-header", "curl-question.json"


def prepare(config: Config) -> list[str]:
    """Make whatever is missing and return what was made, in words; empty where nothing was missing.

    Raises `KeyringUnusable`, `SchemaNotCurrent`, `ProgrammeInvalid`, or `Unavailable` where the database is away.
    """
    made = []
    if make_folder(config):
        made.append(f"data folder {config.data_dir}")
    with alone(config.data_dir):
        # The keyring first: nothing may be sealed by a key that a crash could still lose.
        if make_keyring(config):
            made.append(f"keyring {config.keyring_path}: keep a copy of it and of the root key apart from the backups")
        if _make_schema(config):
            made.append("database schema")
        with opened(config):
            if _make_service_key():
                made.append("service key")
            if _open_log(config):
                made.append("audit log")
            if _finish_root_change(config):
                made.append("entry of the log about the root key")
            if _apply_programme(config):
                made.append(f"programme from {config.programme}")
            if _make_first_key(config.data_dir):
                made.append(f"first API key in {config.data_dir / KEY_FILE}")
    return made


def make_folder(config: Config) -> bool:
    """The installation's folder, for its user alone, as will be all that this process writes."""
    os.umask(0o077)
    if config.data_dir.exists():
        return False
    config.data_dir.mkdir(mode=0o700, parents=True)
    return True


def write_private(path: Path, text: str) -> None:
    """Write a file with mode 0600 durably and whole: a reader finds the old one, the new one, or none."""
    pending = _pending(path)
    _write_durably(pending, text)
    _rename_durably(pending, path)


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[None]:
    """One run at a time in an installation's folder; the kernel lets go when a process dies."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def make_keyring(config: Config) -> bool:
    """A keyring where there is none, and completed where an older version made it; says whether it is new."""
    path, provider = config.keyring_path, provider_of(config.keys)
    if path.exists():
        ring = Keyring.load(path, provider)
        if ring.completed() is not ring or not ring.wrapped:
            make_root_key(provider)
            replace_keyring(ring.completed(), path)
        return False
    if _holds_keys(config):
        raise KeyringUnusable(
            f"{path} is missing, and the database holds what it sealed. Restore it from its backup: "
            "a new one opens nothing."
        )
    if isinstance(provider, SharesProvider) and not provider.is_open:
        raise KeyringUnusable(f"{path} is missing. A ceremony makes it: privacy keys init --shares 5 --threshold 3")
    make_root_key(provider)
    replace_keyring(Keyring.generate().under(provider), path)
    return True


def make_root_key(provider: Provider) -> bool:
    """A root key where there is none and the provider can make one; not in AWS, where others do that, nor of shares."""
    return isinstance(provider, FileProvider | Pkcs11Provider) and provider.make()


def replace_keyring(ring: Keyring, path: Path) -> None:
    """Put a ring in the place of the one it was made from, durably and whole, once it was read back and compared."""
    pending = _pending(path)
    pending.unlink(missing_ok=True)
    ring.save(pending)
    if not Keyring.load(pending, ring.provider).has_the_keys_of(ring):
        raise KeyringUnusable(f"{pending} does not hold what was written. Nothing was changed.")
    _rename_durably(pending, path)


def _holds_keys(config: Config) -> bool:
    file = engine_url(config.database_url).database if config.on_sqlite else None
    if file is not None and not Path(file).exists():
        return False
    with engine_of(config) as engine:
        if not sa.inspect(engine).has_table("owner_key"):
            return False
        with engine.connect() as connection:
            return connection.execute(sa.text("SELECT 1 FROM owner_key LIMIT 1")).first() is not None


def _make_schema(config: Config) -> bool:
    """Only an empty database is migrated unasked: `privacy db upgrade` follows a backup."""
    from privacy import schema

    with engine_of(config) as engine:
        if schema.current(engine) is None:
            schema.upgrade(engine)
            return True
        schema.ensure_current(engine)
    return False


def _make_service_key() -> bool:
    with unit_of_work() as current:
        open_wrapping_key(current, keyring.installed().current(KeyUse.WRAP).number)
        try:
            load_owner_key(current, keyring.installed(), SERVICE_OWNER)
        except KeyDestroyed:
            create_owner_key(current, keyring.installed(), SERVICE_OWNER)
            return True
    return False


def _open_log(config: Config) -> bool:
    # Two logs must never share a name, wherever they run.
    name = config.log_origin or f"{urlsplit(config.base_url).netloc}/log/{secrets.token_hex(4)}"
    with unit_of_work():
        return audit.open_log(name, actor=OPERATOR)


def _finish_root_change(config: Config) -> bool:
    from privacy.cli import root_change

    return root_change.finish(config) is not None


def _apply_programme(config: Config) -> bool:
    if programme.as_of(clock.micros()) is not None:
        return False
    document = programme.read(config.programme.read_bytes())
    with unit_of_work():
        planned = programme.apply(document, actor=OPERATOR, purpose_in_use=consent.purpose_in_use)
    return bool(planned.changes)


def _make_first_key(folder: Path) -> bool:
    """The key file is written before the commit that makes the key valid, and gets its name after it."""
    path = folder / KEY_FILE
    made = not path.exists() and (_finish_first_key(path) or _mint_first_key(path))
    header = folder / CURL_HEADER
    if path.exists() and (made or not header.exists()):
        text = f"Authorization: Bearer {path.read_text().strip()}\nContent-Type: application/json\n"
        write_private(header, text)
    return made


def _finish_first_key(path: Path) -> bool:
    """A run that was killed after the commit left the key under its pending name."""
    pending = _pending(path)
    try:
        access.authenticate(pending.read_text().strip())
    except (FileNotFoundError, NotAuthenticated):
        return False
    _rename_durably(pending, path)
    return True


def _mint_first_key(path: Path) -> bool:
    if any(client.name == FIRST_CLIENT for client in access.list_clients()):
        # Another server made it, or the operator took the file away. Neither asks for a second key.
        return False
    try:
        with unit_of_work():
            issued = access.create_client(FIRST_CLIENT, sorted(CLIENT_SCOPES), actor=OPERATOR)
            session().flush()
            _write_durably(_pending(path), issued.key + "\n")
    except Conflict:
        return False  # Another server was faster.
    _rename_durably(_pending(path), path)
    return True


def _pending(path: Path) -> Path:
    return path.with_name(path.name + ".new")


def _write_durably(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _rename_durably(old: Path, new: Path) -> None:
    old.replace(new)
    directory = os.open(new.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
