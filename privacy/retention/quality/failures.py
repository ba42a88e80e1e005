"""What can go wrong with the upkeep of data."""

from __future__ import annotations

from privacy.errors import Conflict, InvalidInput, NotFound


class FindingNotFound(NotFound):
    """There is no such finding."""

    code = "quality-finding-not-found"


class FindingDecided(Conflict):
    """Somebody decided about it already, or it settled by itself."""

    code = "quality-finding-decided"


class NotOfTwo(Conflict):
    """It is about one person's contact: there is nobody to merge or to tell apart."""

    code = "quality-finding-of-one"


class QualityPurposeInvalid(InvalidInput):
    """PRIVACY_QUALITY_PURPOSE names no purpose by whose consent people may be asked by e-mail."""

    code = "quality-purpose-invalid"
