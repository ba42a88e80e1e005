"""What the receipt of an act is asked with, and its JSON."""

from __future__ import annotations

from typing import Any

import marshmallow
from msgspec import Struct

from privacy.consent.receipts.words import languages


class LocaleOf(marshmallow.Schema):
    """The language, where Accept-Language should not decide."""

    locale = marshmallow.fields.String(
        validate=marshmallow.validate.OneOf(languages()),
        metadata={"description": "Language of the receipt; without it Accept-Language decides."},
    )


class ConsentReceiptOut(Struct):
    """ISO/IEC TS 27560:2023, whose groups and names these are; docs/receipts.md says what stands in them."""

    receipt_metadata: dict[str, Any]
    record_metadata: dict[str, Any]
    pii_processing: list[dict[str, Any]]
    party_identification: list[dict[str, Any]]
    #: The act itself.
    event: dict[str, Any]
    #: Every act that has a say on the same, oldest first.
    events: list[dict[str, Any]]
    #: The words that were shown; null where the act cites none.
    consent_text: dict[str, Any] | None
    collection: dict[str, Any]
    #: Evidence of kind `document-proof`.
    proof: dict[str, Any]
    #: Only there, and true, for the made-up people that test keys see.
    test: bool = False
