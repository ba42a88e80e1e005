"""What rows of an export say, in our words. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from privacy.consent.importing.rejects import Why


class Said(StrEnum):
    """What a row says about its address."""

    GIVE = "give"
    CONFIRM = "confirm"
    WITHDRAW = "withdraw"
    BOUNCED = "bounced"  # mail to it came back for good


@dataclass(frozen=True)
class Statement:
    """One thing that a row says."""

    said: Said
    #: Since when, in microseconds; None where the row has no date.
    at: int | None

    def order(self) -> tuple[bool, int, str]:
        """By time, those without one last."""
        return self.at is None, self.at or 0, self.said.value


@dataclass(frozen=True)
class Complaint:
    """A column that could not be understood. A row with one is reported; what it still says is in `Meaning`."""

    column: str
    why: Why


@dataclass(frozen=True)
class Meaning:
    """What one row amounts to."""

    statements: Sequence[Statement] = ()
    complaint: Complaint | None = None


@dataclass(frozen=True)
class Layout:
    """One kind of file of an export: the columns that are read, and what a row of them means."""

    columns: tuple[str, ...]
    meaning: Callable[[Mapping[str, str]], Meaning]


@dataclass(frozen=True)
class Profile:
    """The export of one tool."""

    #: The source system of every act.
    system: str
    #: The column with the e-mail address. No other personal data is taken (Art. 5(1)(c)).
    address: str
    #: The layout of a file by its name and header; raises `InvalidInput` where the two don't tell. None: not read.
    layout: Callable[[str, Sequence[str]], Layout | None]
    #: How exactly its times are given, in microseconds.
    precision: int
