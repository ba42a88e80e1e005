"""What can go wrong with the registers."""

from __future__ import annotations

from privacy.errors import Conflict, InvalidInput, NotFound, NotPermitted


class EntryNotFound(NotFound):
    """There is no such entry in the registers."""

    code = "register-entry-not-found"


class EntryChanged(Conflict):
    """Somebody changed the entry meanwhile; read it again."""

    code = "register-entry-changed"


class EntryClosed(Conflict):
    """The entry is decided and is not edited; begin a new version that supersedes it."""

    code = "register-entry-closed"


class EntryNotDecided(Conflict):
    """Only an entry that is decided can be looked at again or superseded."""

    code = "register-entry-not-decided"


class EntryBeingRenewed(Conflict):
    """A new version of the entry is being written already."""

    code = "register-entry-being-renewed"


class AdviceNeeded(Conflict):
    """The data protection officer must be heard on this version first (Art. 35(2))."""

    code = "advice-needed"


class OfficerMayNotDecide(NotPermitted):
    """The data protection officer advises and does not decide (Art. 38(6)); the controller does."""

    code = "officer-may-not-decide"


class EntryFileNotFound(NotFound):
    """The entry has no such file."""

    code = "register-file-not-found"


class FileNotTaken(InvalidInput):
    """The file is of no kind that is kept here: PDF, PNG, JPEG, DOCX, XLSX, ODT, CSV or plain text."""

    code = "register-file-not-taken"


class FileTooLarge(InvalidInput):
    """The file is empty or larger than 20 MB."""

    code = "register-file-too-large"


class TooManyFiles(Conflict):
    """The entry has as many files as it may have."""

    code = "too-many-register-files"
