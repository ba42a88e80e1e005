"""The table of encrypted columns is that of the models, and no column that is named as sealed lacks its description."""

from __future__ import annotations

from privacy import schema
from privacy.crypto.sealed_columns import sealed_columns
from privacy.db import Base
from tests.rules import encrypted_columns

#: Wrapped, not sealed by an owner's key: the keys themselves.
WRAPPED = {"owner_key.wrapped_enc"}


def test_the_table_is_that_of_the_models() -> None:
    assert encrypted_columns.PAGE.read_text() == encrypted_columns.render(), (
        "run: python -m tests.rules.encrypted_columns"
    )


def test_every_column_with_a_sealed_name_says_what_it_holds_and_whose_key_it_takes() -> None:
    schema.load_models()
    named = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if column.name.endswith("_enc")
    }
    assert named - WRAPPED == {f"{one.table.name}.{one.name}" for one in sealed_columns()}


def test_what_a_column_says_of_its_row_owner_and_version_are_columns_of_its_table() -> None:
    schema.load_models()
    for column in sealed_columns():
        told = column.sealed
        assert {told.row, told.version} | ({told.owner} - {""}) <= {one.name for one in column.table.columns}
        assert all((told.holds, told.why)), column.name
