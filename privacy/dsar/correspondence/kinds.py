"""Which letters there are, and what may be done with each."""

from __future__ import annotations

from enum import StrEnum


class LetterKind(StrEnum):
    """What a letter is about."""

    RECEIPT = "receipt"  # what was received, when, by when it is answered
    IDENTITY = "identity"  # how to prove who asks (Art. 12(6))
    CODE = "code"  # a one-time code, to an address that was on file
    CLARIFICATION = "clarification"  # which data are meant (recital 63)
    EXTENSION = "extension"  # up to two months more, and why (Art. 12(3))
    APPROVED = "approved"  # granted; it begins
    BEFORE_ERASURE = "before_erasure"  # granted; until when, and how, it can be stopped
    REFUSAL = "refusal"  # nothing is granted, and why (Art. 12(4))
    PARTLY = "partly"  # the answer where a part is refused
    ANSWER = "answer"  # what was done (Art. 12(3))
    WITHDRAWN = "withdrawn"  # taken back; it is not carried out
    JOINED = "joined"  # an earlier one asks the same, and is answered for both
    BEFORE_LIFTING = "before_lifting"  # a restriction will end (Art. 18(3))
    RECIPIENT = "recipient"  # to whom data were disclosed (Art. 19)
    REMINDER = "reminder"  # to the data protection officer: a request is due

    @property
    def of_the_person(self) -> bool:
        """Whether it goes to the person, or to whoever's letter is answered."""
        return self not in {LetterKind.RECIPIENT, LetterKind.REMINDER}

    @property
    def says_nothing(self) -> bool:
        """Whether it holds no personal data but the fact that somebody asked: it may go by post to an address that
        only the request named.
        """
        return self in {
            LetterKind.RECEIPT,
            LetterKind.IDENTITY,
            LetterKind.CLARIFICATION,
            LetterKind.EXTENSION,
            LetterKind.WITHDRAWN,
        }

    @property
    def to_everywhere(self) -> bool:
        """Whether it goes to every contact on file, so that nobody else can act for the person unnoticed."""
        return self in {LetterKind.RECEIPT, LetterKind.APPROVED, LetterKind.BEFORE_ERASURE, LetterKind.WITHDRAWN}
