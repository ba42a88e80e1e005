"""Which groups of accounts staff merged, also where claims in dispute connect them already."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import sqlalchemy as sa
from alembic import op

revision = "0015_merged"
down_revision = "0014_packages"

ID = sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite")

_subject = sa.table("data_subject", sa.column("group_id", ID), sa.column("id", ID), sa.column("merged_id", ID))
_merge = sa.table(
    "subject_merge", sa.column("a_subject_id", ID), sa.column("b_subject_id", ID), sa.column("unmerged_at")
)


def upgrade() -> None:
    op.add_column("data_subject", sa.Column("merged_id", ID, nullable=True))
    joined: dict[UUID | bytes, set[UUID | bytes]] = {}
    for one, other in _merged():
        together = joined.get(one, {one}) | joined.get(other, {other})
        joined |= dict.fromkeys(together, together)
    for group, together in joined.items():
        if len(together) > 1:
            op.execute(sa.update(_subject).where(_subject.c.group_id == group).values(merged_id=min(together)))


def downgrade() -> None:
    op.drop_column("data_subject", "merged_id")


def _merged() -> Iterator[tuple[UUID | bytes, UUID | bytes]]:
    """The groups of every merge in force."""
    a, b = _subject.alias(), _subject.alias()
    query = (
        sa.select(a.c.group_id, b.c.group_id)
        .select_from(_merge)
        .join(a, a.c.id == _merge.c.a_subject_id)
        .join(b, b.c.id == _merge.c.b_subject_id)
        .where(_merge.c.unmerged_at.is_(None))
    )
    yield from op.get_bind().execute(query)
