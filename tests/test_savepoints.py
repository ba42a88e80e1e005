"""Parts of a unit of work that are written together or not at all, one inside another."""

from __future__ import annotations

import contextlib

import pytest
import sqlalchemy as sa

from privacy.crypto.owner_keys import WrappingKeyRow
from privacy.db import savepoint, session, unit_of_work


def put(number: int) -> None:
    session().add(WrappingKeyRow(number=number, opened_at=1))


@pytest.mark.usefixtures("context")
def test_what_fails_after_a_part_of_it_failed_goes_with_all_that_came_before() -> None:
    with unit_of_work():
        put(101)
        with contextlib.suppress(ValueError), savepoint():
            put(102)
            with contextlib.suppress(ValueError), savepoint():
                put(103)
                raise ValueError
            put(104)
            raise ValueError
        put(105)
    kept = session().scalars(sa.select(WrappingKeyRow.number).where(WrappingKeyRow.number > 100)).all()
    assert sorted(kept) == [101, 105]
