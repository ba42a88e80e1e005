"""What can go wrong with backups and the journal."""

from __future__ import annotations

from privacy.errors import NotFound, PrivacyError, Unavailable, VerificationError


class BackupBroken(VerificationError):
    """A backup is not what its manifest says, or does not open."""

    code = "backup-broken"


class BackupNotFound(NotFound):
    """There is no backup of that name."""

    code = "backup-not-found"


class BackupImpossible(PrivacyError):
    """A backup cannot be made here as things are."""

    code = "backup-impossible"


class JournalBroken(VerificationError):
    """The journal holds what nobody wrote there, or belongs to another log."""

    code = "journal-broken"


class JournalUnwritable(Unavailable):
    """The journal cannot be written now."""

    code = "journal-unwritable"


class RestoreImpossible(PrivacyError):
    """The backup cannot be restored here as things are; nothing was changed."""

    code = "restore-impossible"
