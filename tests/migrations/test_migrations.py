"""The migrations as files, and what they leave behind on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory

from privacy import schema
from privacy.db import engine_url, new_id
from privacy.subjects.models import DataSubject, SubjectMerge
from tests.databases import KINDS, Database, PostgresqlTemplate, SqliteTemplate

FILES = sorted((schema.folder() / "versions").glob("[0-9]*.py"))


@pytest.fixture(params=KINDS)
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[sa.Engine]:
    """An engine on a database that nothing has touched."""
    if request.param == "sqlite":
        template: SqliteTemplate | PostgresqlTemplate = SqliteTemplate(tmp_path, None)
    else:
        template = PostgresqlTemplate(engine_url(request.getfixturevalue("postgresql_server")), None)
    database = template.copy_to(tmp_path)
    engine = database.engine()
    yield engine
    engine.dispose()
    template.drop(database)
    if isinstance(template, PostgresqlTemplate):
        template.close()


def test_files_are_numbered_without_a_gap_and_named_by_their_revision() -> None:
    scripts = {Path(script.path): script for script in ScriptDirectory(str(schema.folder())).walk_revisions()}
    assert [path.name[:5] for path in FILES] == [f"{number:04d}_" for number in range(1, len(FILES) + 1)]
    assert {path: script.revision for path, script in scripts.items()} == {path: path.stem for path in FILES}


def test_there_is_one_head_and_the_head_file_names_it() -> None:
    assert ScriptDirectory(str(schema.folder())).get_heads() == [FILES[-1].stem]
    assert (schema.folder() / "HEAD").read_text() == f"{FILES[-1].stem}\n"
    assert schema.head() == FILES[-1].stem


def test_up_from_nothing_down_again_and_up(empty: sa.Engine) -> None:
    with pytest.raises(schema.SchemaNotCurrent):
        schema.ensure_current(empty)
    schema.upgrade(empty)
    schema.ensure_current(empty)
    first = _tables(empty)
    schema.downgrade(empty, "base")
    assert _tables(empty) == {"alembic_version"}
    schema.upgrade(empty)
    assert _tables(empty) == first
    assert schema.current(empty) == schema.head()


def test_upgrading_twice_changes_nothing(empty: sa.Engine) -> None:
    schema.upgrade(empty)
    schema.upgrade(empty)
    assert schema.current(empty) == schema.head()


def test_merges_in_force_are_known_after_the_upgrade_to_them(empty: sa.Engine) -> None:
    schema.upgrade(empty)
    one, other, third, alone, parted = sorted(new_id() for _ in range(5))
    with empty.begin() as connection:
        for subject in (one, other, third, alone, parted):
            connection.execute(sa.insert(DataSubject).values(_subject(subject)))
        for a, b, unmerged_at in ((other, third, None), (one, other, None), (alone, parted, 2)):
            merge = {"id": new_id(), "a_subject_id": a, "b_subject_id": b, "reason": "one person", "merged_at": 1}
            connection.execute(sa.insert(SubjectMerge).values(merge | {"unmerged_at": unmerged_at}))
    schema.downgrade(empty, "0014_packages")
    schema.upgrade(empty)
    with empty.connect() as connection:
        found = connection.execute(sa.select(DataSubject.id, DataSubject.merged_id)).all()
    assert dict(found) == {one: one, other: one, third: one, alone: None, parted: None}


def _subject(subject_id: UUID) -> dict[str, Any]:
    sets = dict.fromkeys(("id", "person_id", "cluster_id", "group_id"), subject_id)
    counts = {"members": 1, "version": 1, "standing": 0, "created_at": 1}
    return {"realm": "live", "kind": "account", **sets, **counts}


def test_the_migrated_schema_is_what_the_models_say(database: Database) -> None:
    engine = database.engine()
    assert schema.differences(engine) == []
    engine.dispose()


def _tables(engine: sa.Engine) -> set[str]:
    return set(sa.inspect(engine).get_table_names())
