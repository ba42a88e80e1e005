"""What can go wrong with erasures and what they leave."""

from __future__ import annotations

from privacy.errors import Conflict, NotFound


class ErasureNotFound(NotFound):
    """There is no such erasure."""

    code = "erasure-not-found"


class NoLetter(NotFound):
    """No letter was written about this erasure."""

    code = "no-erasure-letter"


class EvidenceRecordNotFound(NotFound):
    """There is no such evidence record, or it has expired."""

    code = "evidence-record-not-found"


class SeveralPeople(Conflict):
    """Several people are known by this: name the one who is meant."""

    code = "ambiguous-person"
