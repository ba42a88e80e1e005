"""Rotations of the index key in steps that a test takes as it likes."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import sqlalchemy as sa

from privacy.authz.actors import OPERATOR
from privacy.cli.installation import replace_keyring
from privacy.crypto import keyring
from privacy.crypto.keyring import Keyring, KeyUse
from privacy.crypto.owner_keys import load_owner_key
from privacy.db import end_read, session, unit_of_work
from privacy.keys import service as keys
from privacy.subjects import service as subjects
from privacy.subjects.models import AccountIdentifier, SubjectContact
from privacy.subjects.rotation_models import IndexRotation
from privacy.subjects.service import Moved, RotationView


class Moves:
    """One rotation after another, on the ring of a file, in the open application context."""

    def __init__(self, file: Path, ring: Keyring) -> None:
        self.file = file
        if not file.exists():
            ring.save(file)
        keyring.install(Keyring.load(file))

    def begin(self) -> RotationView:
        """Begin and publish; every process has seen the new key long ago."""
        ring = Keyring.load(self.file)
        with unit_of_work():
            view = keys.record_index_began(ring, actor=OPERATOR)
        self.put(ring.with_new(KeyUse.INDEX))
        with unit_of_work() as current:
            keys.publish_index_rotation()
            current.execute(sa.update(IndexRotation).values(published_at=0))
        return view

    def move(self, most: int) -> Moved:
        with unit_of_work():
            return subjects.move_portion(most)

    def finish(self) -> RotationView:
        """Move what is left, and let the old key go."""
        while not self.move(50).done:
            pass
        with unit_of_work():
            view = keys.record_index_rotated(actor=OPERATOR)
        self.put(Keyring.load(self.file).without(KeyUse.INDEX, view.old))
        return view

    def put(self, ring: Keyring) -> None:
        replace_keyring(ring, self.file)
        keyring.install(Keyring.load(self.file))

    def under(self) -> dict[int, int]:
        found = subjects.indexed_under()
        end_read()
        return found


def values_apart() -> list[set[bytes]]:
    """The indexes of every stored value that stands under more than one; the values are opened."""
    found: dict[tuple[str, str], set[bytes]] = {}
    ring = keyring.installed()
    for table in (AccountIdentifier, SubjectContact):
        for row in session().scalars(sa.select(table)):
            key = load_owner_key(session(), ring, row.subject_id, row.key_version)
            value = key.open(table.__tablename__, "value_enc", row.id, row.value_enc).decode()
            found.setdefault((table.__tablename__, value.casefold()), set()).add(bytes(row.value_bidx))
    end_read()
    return [indexes for indexes in found.values() if len(indexes) > 1]


def accounts_twice() -> list[str]:
    """Account identifiers that two subjects have; the values are opened."""
    seen: Counter[str] = Counter()
    for row in session().scalars(sa.select(AccountIdentifier)):
        key = load_owner_key(session(), keyring.installed(), row.subject_id, row.key_version)
        seen[key.open("account_identifier", "value_enc", row.id, row.value_enc).decode()] += 1
    end_read()
    return [value for value, count in seen.items() if count > 1]
