"""What the HTTP API takes for evidence."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta, Struct

Subject = Annotated[
    dict[str, Annotated[str, Meta(max_length=512)]],
    Meta(
        min_length=1,
        max_length=12,
        description="A person by any identifiers: email, phone, customer_id, loyalty_card, device_id, ref, ...",
        examples=[{"customer_id": "C-1001"}],
    ),
]
Locale = Annotated[str, Meta(min_length=2, max_length=16, description="Language of the summary: pl, en or hr.")]


class BundleIn(Struct, forbid_unknown_fields=True):
    """About whom evidence is wanted, and what else goes into it."""

    subject: Subject
    #: Signed decisions that are presented: `{"statement", "salt", "subject"}`, or files of rows.
    decisions: Annotated[list[dict[str, Any]], Meta(max_length=200)] = []
    #: Without it, the first language of the programme.
    locale: Locale | None = None
