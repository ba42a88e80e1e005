"""Purposes and what they are reached by: channels, types of identifiers, types of messages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from privacy.programme.duration import Duration
from privacy.programme.vocabulary import ContactKind, LegalBasis, ProofGrade, PurposeClass


@dataclass(frozen=True)
class Channel:
    """A way to reach a person."""

    code: str
    #: The kind of contact that it needs; None where the account itself is reached (app, shop, web page).
    contact_kind: ContactKind | None
    names: Mapping[str, str]


@dataclass(frozen=True)
class IdentifierType:
    """A type of account identifier and what it may tell about people."""

    code: str
    #: Who gives such identifiers out; they are unique within it.
    issuer: str
    #: Whether a person has at most one.
    one_per_person: bool
    #: Whether it says who somebody is. A shared device does not.
    links: bool
    names: Mapping[str, str]


@dataclass(frozen=True)
class Topic:
    """What somebody may wish to hear about, beside consent: it decides nothing."""

    code: str
    names: Mapping[str, str]
    #: Of which purposes it is a topic; empty for one of all advertising.
    purposes: tuple[str, ...] = ()


@dataclass(frozen=True)
class MessageType:
    """What a system wants to send, and the purpose that this serves."""

    code: str
    purpose: str
    names: Mapping[str, str]


@dataclass(frozen=True)
class Purpose:
    """Why personal data are processed (Art. 5(1)(b)), and what a consent to it must be like."""

    code: str
    #: More than one are joint controllers (Art. 26).
    controllers: tuple[str, ...]
    brand: str | None
    purpose_class: PurposeClass
    legal_basis: LegalBasis
    #: Empty where the purpose contacts nobody.
    channels: frozenset[str]
    names: Mapping[str, str]
    descriptions: Mapping[str, str]
    #: ISO 8601; None does not expire.
    validity: str | None
    double_opt_in: bool
    #: Days after which an unconfirmed request is deleted; 0 without double opt-in.
    confirm_within_days: int
    least_proof: ProofGrade
    #: Whether consent must be explicit (Art. 9, 22, 49).
    explicit: bool
    #: Name of the age rule that applies; None where age does not matter.
    minimum_age: str | None
    data_categories: tuple[str, ...]
    recipients: tuple[str, ...]
    retention_rule: str
    #: ISO 8601: how long after a refusal consent may be asked for again.
    ask_again_after: str | None

    def expires_at(self, given_at_micros: int, zone: ZoneInfo) -> int | None:
        """When a consent given then expires, in microseconds; None where it does not."""
        return None if self.validity is None else Duration.parse(self.validity).after_micros(given_at_micros, zone)

    def ask_again_at(self, refused_at_micros: int, zone: ZoneInfo) -> int | None:
        """From when consent may be asked for again after a refusal; None where the programme sets no pause."""
        if self.ask_again_after is None:
            return None
        return Duration.parse(self.ask_again_after).after_micros(refused_at_micros, zone)
