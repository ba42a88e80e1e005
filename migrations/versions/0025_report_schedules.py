"""Reports that are sent by mail at set times."""

from __future__ import annotations

revision = "0025_report_schedules"
down_revision = "0024_staff_passkeys"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
