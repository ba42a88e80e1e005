"""The quarantine of a restored database: since when, how far what came later is replayed, and who ended it.

Its row is in the database before anybody can open it. It is also set where the journal knows leaves that the log of the
database does not have: somebody put an older copy in its place by hand.
"""

from __future__ import annotations

import contextlib
import logging
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from privacy import clock
from privacy.audit import service as audit
from privacy.authz.actors import Actor
from privacy.db import Base, Id, end_read, session, unit_of_work
from privacy.errors import Conflict, InvalidInput, Unavailable
from privacy.quarantine import found, mending, quarantined
from privacy.recovery.journal import Journal

_ONLY = 1
_LONGEST_REASON = 256

_log = logging.getLogger("privacy.recovery")


class NotInQuarantine(Conflict):
    """The database is not in quarantine."""

    code = "not-in-quarantine"


class QuarantineRow(Base):
    """The last quarantine of this database; it is over once it is released."""

    __tablename__ = "quarantine"

    id: Mapped[int] = mapped_column(sa.SmallInteger, primary_key=True, autoincrement=False)
    since: Mapped[int] = mapped_column(sa.BigInteger)
    #: The backups that it was restored from; NULL for a copy that somebody put in its place.
    data_backup: Mapped[str | None] = mapped_column(sa.String(64))
    key_backup: Mapped[str | None] = mapped_column(sa.String(64))
    #: How many leaves the log had in the backup.
    position: Mapped[int] = mapped_column(sa.BigInteger)
    #: So many leaves of the log are known now, and every withdrawal among them is replayed; NULL before the replay.
    complete_through: Mapped[int | None] = mapped_column(sa.BigInteger)
    #: What is missing, in words; NULL where nothing is.
    gap: Mapped[str | None] = mapped_column(sa.Text)
    released_at: Mapped[int | None] = mapped_column(sa.BigInteger)
    #: The member of staff who released it in spite of a gap; NULL where nothing was missing.
    released_by: Mapped[UUID | None] = mapped_column(Id)
    reason: Mapped[str | None] = mapped_column(sa.String(_LONGEST_REASON))


@dataclass(frozen=True)
class Quarantine:
    """What is known of the last one."""

    since: int
    data_backup: str | None
    key_backup: str | None
    position: int
    complete_through: int | None
    gap: str | None
    released_at: int | None
    reason: str | None

    @property
    def on(self) -> bool:
        """Whether it lasts."""
        return self.released_at is None


def last_quarantine() -> Quarantine | None:
    """The last quarantine of the session's database; None where there never was one."""
    row = session().get(QuarantineRow, _ONLY, populate_existing=True)
    if row is None:
        return None
    return Quarantine(
        row.since,
        row.data_backup,
        row.key_backup,
        row.position,
        row.complete_through,
        row.gap,
        row.released_at,
        row.reason,
    )


def values_of(position: int, *, data_backup: str | None = None, key_backup: str | None = None) -> dict[str, object]:
    """A new row, for whoever writes it into a database that nobody can open yet."""
    return {column.key: None for column in QuarantineRow.__table__.columns} | {
        "id": _ONLY,
        "since": clock.micros(),
        "data_backup": data_backup,
        "key_backup": key_backup,
        "position": position,
    }


def enter(position: int) -> None:
    """Put the database into quarantine, in the open unit of work; one that lasts goes on as it is."""
    row = session().get(QuarantineRow, _ONLY, populate_existing=True)
    if row is not None and row.released_at is None:
        return
    session().execute(sa.delete(QuarantineRow))
    session().execute(sa.insert(QuarantineRow).values(values_of(position)))


def replayed(complete_through: int, gap: str | None) -> None:
    """Write down how far the replay came, in the open unit of work."""
    session().execute(sa.update(QuarantineRow).values(complete_through=complete_through, gap=gap))


def release(*, actor: Actor, by: UUID | None = None, reason: str | None = None) -> None:
    """End the quarantine, in the open unit of work, with its event.

    `by`, `reason`: the member of staff who answers for a gap. Raises `NotInQuarantine`, `InvalidInput`.
    """
    row = session().get(QuarantineRow, _ONLY, populate_existing=True)
    if row is None or row.released_at is not None:
        raise NotInQuarantine
    if by is not None and not (reason or "").strip():
        raise InvalidInput.of("reason", "Say why the service may speak although something is missing.")
    if len(reason or "") > _LONGEST_REASON:
        raise InvalidInput.of("reason", f"It may have {_LONGEST_REASON} characters.")
    row.released_at, row.released_by, row.reason = clock.micros(), by, reason
    session().flush()
    details = {
        "position": row.position,
        "complete_through": row.complete_through,
        "gap": row.gap,
        "by": str(by) if by else None,
        "reason": reason,
    }
    audit.record(
        "recovery.released",
        actor=actor,
        object_type="quarantine",
        object_id=str(row.since),
        content=details,
        details=details,
    )


def released() -> None:
    """Let this process know of the end at once."""
    found(False)


def look(journal: Path) -> None:
    """At the start of a process: learn whether the database is in quarantine, and set it where its log is too short.

    `journal`: the folder. Where the database is away or empty nothing is known yet; its first connection says more.
    """
    try:
        size = audit.log_size()
        if size is not None and size <= Journal(journal).last_position:
            _set(size)
            _log.error("the journal is ahead of the database: quarantine until it is replayed; run: privacy restore")
    except (sa.exc.SQLAlchemyError, Unavailable):
        return
    finally:
        with contextlib.suppress(sa.exc.SQLAlchemyError):
            end_read()


def _set(size: int) -> None:
    if not quarantined():
        with mending(), unit_of_work():
            enter(size)
        found(True)
