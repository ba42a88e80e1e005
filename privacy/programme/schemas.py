"""What the HTTP API gives of the programme."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

Texts = dict[str, str]


class PurposeOut(Struct):
    """Why personal data are processed, and what a consent to it must be like."""

    code: str
    controllers: list[str]
    brand: str | None
    purpose_class: str
    legal_basis: str
    channels: list[str]
    names: Texts
    descriptions: Texts
    #: ISO 8601 duration; null does not expire.
    validity: str | None
    double_opt_in: bool
    least_proof: str
    explicit: bool
    message_types: list[str]


class PurposesOut(Struct):
    """Every purpose of the programme."""

    programme: int
    purposes: list[PurposeOut]


class TextOut(Struct):
    """One version of a wording or notice."""

    code: str
    version: str
    valid_from: str
    valid_until: str | None
    in_force: bool
    purposes: list[str]
    texts: Texts
    #: SHA-256 of each text in UTF-8, in hexadecimal.
    sha256: Texts


class ScanOut(Struct):
    """A picture of the paper or page that was shown, kept elsewhere."""

    #: SHA-256 of the scanned file, in hexadecimal.
    sha256: str
    place: str


class HistoricalOut(Struct):
    """That a wording was shown before this service knew of it, as somebody attests."""

    attested_by: str
    attested_on: str
    #: What there is to show where `texts` is empty.
    scan: ScanOut | None


class WordingTextOut(TextOut):
    """One version of a consent wording. A historical one may have a text in one language only, or but a scan."""

    #: Null for a text that was published here.
    historical: HistoricalOut | None = None


class WordingsOut(Struct):
    """Every version of every consent wording."""

    programme: int
    wordings: list[WordingTextOut]


class NoticesOut(Struct):
    """Every version of every information notice."""

    programme: int
    notices: list[TextOut]


class MessageTypesOut(Struct):
    """Types of messages and the purpose that each serves."""

    programme: int
    message_types: dict[str, str]


class ProgrammeOut(Struct):
    """The programme in force, whole."""

    number: int
    applied_at: str
    sha256: str
    document: dict[str, Any]
