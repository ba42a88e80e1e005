"""Cut and paste: a sealed value that was moved to another row, column, table, owner or key version never opens."""

from __future__ import annotations

import dataclasses
import secrets
from collections.abc import Iterable
from uuid import UUID

import pytest

from privacy.crypto.envelope import SealBroken
from privacy.crypto.owner_keys import OwnerKey
from privacy.crypto.sealed_columns import sealed_columns
from privacy.db import db
from tests.callers import Service
from tests.crypto import one_of_each
from tests.crypto.one_of_each import Value

SAMPLE = 3  # values of each column: two people's, or two rows of the service's own


def test_no_sealed_value_opens_at_another_place(service: Service) -> None:
    one_of_each.make(service)
    with service.app.app_context():
        by_column = {f"{one.table.name}.{one.name}": one_of_each.values(one)[:SAMPLE] for one in sealed_columns()}
        keys = one_of_each.keys()
        db.session.remove()
    assert [name for name, found in by_column.items() if not found] == [], "these have no value in `one_of_each`"
    everywhere = [value for found in by_column.values() for value in found]
    sentences = set()
    for value in everywhere:
        own = keys[value.owner_id, value.version]
        assert _open(own, value) is not None, "it must open where it stands, or the rest proves nothing"
        for table, column, row in one_of_each.other_places(value, everywhere):
            sentences.add(_broken(own, table, column, row, value.sealed))
        for other in _other_keys(own, keys.values()):
            sentences.add(_broken(other, value.column.table.name, value.column.name, value.row, value.sealed))
    assert sentences == {SealBroken.title()}


def _open(key: OwnerKey, value: Value) -> bytes:
    return key.open(value.column.table.name, value.column.name, value.row, value.sealed)


def _broken(key: OwnerKey, table: str, column: str, row: UUID | str, sealed: bytes) -> str:
    with pytest.raises(SealBroken) as caught:
        key.open(table, column, row, sealed)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None or caught.value.__suppress_context__
    return str(caught.value)


def _other_keys(own: OwnerKey, known: Iterable[OwnerKey]) -> list[OwnerKey]:
    """Those of all others, and of the same owner: of other versions, and renewed."""
    others = [key for key in known if key.secret != own.secret]
    moved = [dataclasses.replace(own, version=version) for version in (0, own.version + 1, 2**31)]
    return [*others, *moved, dataclasses.replace(own, secret=secrets.token_bytes(32))]
