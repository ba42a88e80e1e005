"""What can go wrong with the communication to the persons."""

from __future__ import annotations

from privacy.errors import Conflict, InvalidInput, NotFound


class CommunicationNotFound(NotFound):
    """The breach has no such communication."""

    code = "breach-communication-not-found"


class SourceNotFound(NotFound):
    """The breach has no such selection of affected persons."""

    code = "breach-affected-source-not-found"


class LetterNotForAPerson(Conflict):
    """The letter waits for nobody's help: it has gone, or still goes by itself."""

    code = "breach-letter-not-for-a-person"


class CommunicationNotPossible(Conflict):
    """The communication is not in a state in which that can be done."""

    code = "breach-communication-not-possible"


class AffectedNotKnown(Conflict):
    """Nobody is recorded as affected whom the communication could go to, or a selection is not complete yet."""

    code = "breach-affected-not-known"


class WordsMissing(InvalidInput):
    """Art. 34(2) asks for more than the communication says."""

    code = "breach-words-missing"
