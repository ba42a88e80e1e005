"""Words of the communication to the persons (Art. 34)."""

from __future__ import annotations

from enum import StrEnum


class SourceKind(StrEnum):
    """By what affected persons were found."""

    LIST = "list"  # identifiers that somebody gave
    ACTS = "acts"  # acts in our own store: from a system, for a purpose
    DATA_MAP = "data_map"  # rows of connected systems


class SourceState(StrEnum):
    """How far that is."""

    READING = "reading"  # a list, portion by portion as it comes in
    WAITING = "waiting"  # a worker goes on with it
    DONE = "done"
    FAILED = "failed"  # a system did not answer: somebody has it tried again


class TellingState(StrEnum):
    """Where a communication stands."""

    DRAFT = "draft"
    APPROVED = "approved"  # the worker writes the letters
    SENT = "sent"  # every letter has ended
    CANCELLED = "cancelled"


class LetterState(StrEnum):
    """What became of the letter to one person."""

    ON_ITS_WAY = "on_its_way"
    SENT = "sent"  # the relay or gateway has it; on paper: it was posted
    FAILED = "failed"  # the first way did not work; the second is tried
    FOR_A_PERSON = "for_a_person"  # nobody is reached by itself
    TOLD_BY_HAND = "told_by_hand"  # somebody told them and said how
    SAME_PERSON = "same_person"  # one with somebody else who is told
    ERASED = "erased"  # the person was erased before the letter had gone
    REHEARSED = "rehearsed"  # nothing leaves in a rehearsal

    @property
    def ended(self) -> bool:
        """Whether nothing further happens to it by itself."""
        return self not in {LetterState.ON_ITS_WAY, LetterState.FAILED}


class LeftWhy(StrEnum):
    """Why a person has to see to somebody."""

    DECEASED = "deceased"  # the estate is told, by a person
    NO_CONTACT = "no_contact"
    NO_PAGE = "no_page"  # only a telephone is known, and no page to which a text message could point
    UNDELIVERED = "undelivered"  # by either way
