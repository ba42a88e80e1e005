"""Owner keys: wrapped for one owner, gone for good once their row is."""

from __future__ import annotations

from uuid import UUID

import pytest
import sqlalchemy as sa

from privacy.crypto import owner_keys
from privacy.crypto.envelope import SealBroken
from privacy.crypto.keyring import Keyring
from privacy.crypto.owner_keys import KeyDestroyed, OwnerKeyRow, create_owner_key, load_owner_key
from privacy.db import new_id, session, unit_of_work

PLACE = ("subject_contact", "value_enc", UUID(int=3))


@pytest.mark.usefixtures("context")
def test_the_stored_key_opens_what_the_new_one_sealed(ring: Keyring) -> None:
    owner = new_id()
    with unit_of_work() as unit:
        sealed = create_owner_key(unit, ring, owner).seal(*PLACE, b"anna@example.com")
    assert load_owner_key(session(), ring, owner).open(*PLACE, sealed) == b"anna@example.com"


@pytest.mark.usefixtures("context")
def test_a_destroyed_key_is_gone(ring: Keyring) -> None:
    owner = new_id()
    with unit_of_work() as unit:
        create_owner_key(unit, ring, owner)
    with unit_of_work() as unit:
        unit.execute(sa.delete(OwnerKeyRow).where(OwnerKeyRow.owner_id == owner))
    with pytest.raises(KeyDestroyed):
        load_owner_key(session(), ring, owner)


def test_a_wrapped_key_opens_for_its_owner_and_version_only(ring: Keyring) -> None:
    owner = new_id()
    key, row = owner_keys.new_owner_key(ring, owner)
    wrapped = row["wrapped_enc"]
    assert owner_keys.unwrap(ring, owner, 1, 1, wrapped) == key
    assert key.secret not in wrapped
    for other_owner, version in ((new_id(), 1), (owner, 2)):
        with pytest.raises(SealBroken):
            owner_keys.unwrap(ring, other_owner, version, 1, wrapped)


def test_no_key_shows_when_it_is_printed(ring: Keyring) -> None:
    key, _row = owner_keys.new_owner_key(ring, new_id())
    assert repr(key.secret) not in repr(key)
