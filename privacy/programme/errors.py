"""What can be wrong with a programme or with what somebody asks of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Self

from privacy.errors import Conflict, InvalidInput, NotFound
from privacy.yaml_document import FileInvalid


class ProgrammeInvalid(FileInvalid):
    """The programme file has mistakes."""

    code = "programme-invalid"
    subject = "The programme"


class NoProgramme(Conflict):
    """No programme has been applied yet."""

    code = "no-programme"


class ProgrammeConflict(Conflict):
    """The programme cannot be changed like this."""

    code = "programme-conflict"

    def __init__(self, refusals: Sequence[str], *, file: str | None = None) -> None:
        self.refusals = tuple(refusals)
        heading = f"{file}: nothing was changed." if file else "Nothing was changed."
        super().__init__("\n".join([heading, *refusals]), refusals=list(refusals))


class ProgrammeMoved(Conflict):
    """Somebody applied another programme meanwhile. Look at the plan anew."""

    code = "programme-moved"


class NoSuchSection(NotFound):
    """The programme has no such section."""

    code = "no-such-section"


class NoText(NotFound):
    """There is no such text."""

    code = "no-text"

    @classmethod
    def beside(cls, locales: Iterable[str]) -> Self:
        """The error for a locale that a text lacks, naming those that it has."""
        known = ", ".join(locales)
        if known:
            return cls(f"There is no text in that language. There is: {known}.")
        return cls("There is no text of this wording, only a scan. The programme says where it is kept.")


class _UnknownCode(InvalidInput):
    """The programme has no such code."""

    code = "unknown-code"
    field = "code"

    @classmethod
    def among(cls, known: Iterable[str]) -> Self:
        """The error for a code that is not one of `known`. It doesn't repeat what was sent."""
        return cls(errors={cls.field: [f"unknown; the programme has: {', '.join(known)}"]})


class UnknownPurpose(_UnknownCode):
    """The programme has no such purpose."""

    code = "unknown-purpose"
    field = "purpose"


class UnknownChannel(_UnknownCode):
    """The programme has no such channel."""

    code = "unknown-channel"
    field = "channel"


class UnknownMessageType(_UnknownCode):
    """The programme has no such message type."""

    code = "unknown-message-type"
    field = "message_type"


class UnknownIdentifierType(_UnknownCode):
    """The programme has no such type of identifier."""

    code = "unknown-identifier-type"
    field = "identifier_type"
