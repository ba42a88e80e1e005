"""Parts of the record of processing activities that came with Art. 30(2): who acts on whose behalf, and for whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Representative:
    """Who stands in the Union for a controller or processor that is not established there (Art. 27)."""

    name: str
    address: str
    email: str
    phone: str | None = None


@dataclass(frozen=True)
class CategoryRetention:
    """That some categories of data of an activity go by another rule than the rest (Art. 30(1)(f))."""

    data_categories: tuple[str, ...]
    retention_rule: str


@dataclass(frozen=True)
class OnBehalfOf:
    """The controller for whom a processor acts (Art. 30(2)(a))."""

    name: str
    #: Address, e-mail and telephone in one text.
    contact: str
    representative: str | None = None
    #: The controller's own data protection officer, with a contact.
    dpo: str | None = None


@dataclass(frozen=True)
class Transfer:
    """Data that go to a third country or an international organisation (Art. 30(2)(c))."""

    #: ISO 3166-1 alpha-2; of an international organisation that of its seat.
    country: str
    recipient: str
    #: The decision, clauses or rules that make it lawful (Art. 45 to 49), and where they are kept.
    safeguard: str


@dataclass(frozen=True)
class ProcessingOnBehalf:
    """One entry of the record of a processor (Art. 30(2)): what one of our companies does for another controller."""

    code: str
    #: Which of our companies is the processor: a code of `controllers`.
    processor: str
    on_behalf_of: OnBehalfOf
    #: The categories of processing carried out, by locale.
    categories: Mapping[str, str]
    security: str
    #: Other processors that take part (Art. 28(2), (4)).
    processors: tuple[str, ...] = ()
    transfers: tuple[Transfer, ...] = ()
    #: The contract of Art. 28(3).
    agreement: str | None = None
