"""Passkeys of staff, and their accounts at a provider of OpenID Connect."""

from __future__ import annotations

revision = "0024_staff_passkeys"
down_revision = "0023_preferences"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
