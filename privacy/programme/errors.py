"""What can be wrong with a programme or with what somebody asks of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

from privacy.errors import Conflict, InvalidInput


@dataclass(frozen=True, order=True)
class Problem:
    """One mistake in a programme file: where it is, what is wrong, what would be right."""

    line: int
    path: str
    wrong: str
    mend: str

    def __str__(self) -> str:
        place = f"{self.path}: " if self.path else ""
        return f"line {self.line}: {place}{self.wrong} {self.mend}"


class ProgrammeInvalid(InvalidInput):
    """The programme file has mistakes."""

    code = "programme-invalid"

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        errors: dict[str, list[str]] = {}
        for problem in self.problems:
            text = f"line {problem.line}: {problem.wrong} {problem.mend}"
            errors.setdefault(problem.path or "file", []).append(text)
        count = len(self.problems)
        heading = f"The programme has {count} mistake{'s' if count > 1 else ''}. Nothing was changed."
        super().__init__("\n".join([heading, *map(str, self.problems)]), errors=errors)


class NoProgramme(Conflict):
    """No programme has been applied yet."""

    code = "no-programme"


class ProgrammeConflict(Conflict):
    """The programme cannot be changed like this."""

    code = "programme-conflict"

    def __init__(self, refusals: Sequence[str]) -> None:
        self.refusals = tuple(refusals)
        super().__init__("\n".join(["Nothing was changed.", *refusals]), refusals=list(refusals))


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
