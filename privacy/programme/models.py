"""Table of the programme: one row for each applied version, insert-only. Private to this room.

The only personal data in it are the DPO's name and contact, which must be public (GDPR Art. 37(7)), and the names of
those who vouch for historical wordings, which prove consent (Art. 7(1)).
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from privacy.db import Base


class ProgrammeVersion(Base):
    """The whole programme as it was applied once. The row with the highest number is the current one."""

    __tablename__ = "programme_version"
    __table_args__ = (sa.Index(None, "applied_at"),)

    #: Counts up from 1 without gaps.
    number: Mapped[int] = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    #: When it came into force here; never before the version that it follows.
    applied_at: Mapped[int] = mapped_column(sa.BigInteger)
    #: SHA-256 of the document, in hexadecimal.
    sha256: Mapped[str] = mapped_column(sa.String(64))
    #: The validated document as canonical JSON (RFC 8785).
    document: Mapped[str] = mapped_column(sa.Text)
