"""What persons prefer, beside consent."""

from __future__ import annotations

revision = "0023_preferences"
down_revision = "0022_registers"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
