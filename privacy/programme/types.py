"""The programme as frozen values: pure, without a database. Other rooms take their names from here.

One applied version is one `Programme`. It never changes, so it may be kept and shared between threads.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TypeVar
from zoneinfo import ZoneInfo

from privacy import clock
from privacy.programme import fideslang, law, request_rules
from privacy.programme.collecting import AskedPurpose, CollectionKind, CollectionPoint
from privacy.programme.data_map import (
    ConnectorKind,
    DataField,
    DataSet,
    Direction,
    Keeping,
    Place,
    Reference,
    Strategy,
    System,
    Table,
)
from privacy.programme.duration import Duration
from privacy.programme.errors import UnknownChannel, UnknownIdentifierType, UnknownMessageType, UnknownPurpose
from privacy.programme.historical import Historical, RowsIndex, Scan, StandsFor
from privacy.programme.law import AgeRule, BreachRule, ElectronicContactRule, ErasureRule, PublicHoliday
from privacy.programme.parties import (
    OWN_SYSTEM,
    Authority,
    AutomatedDecision,
    Brand,
    Controller,
    Covered,
    DataCategory,
    DataProtectionOfficer,
    JointArrangement,
    Jurisdiction,
    ProcessingActivity,
    Processor,
    Recipient,
    RetentionRule,
    RetentionWarning,
)
from privacy.programme.processing import CategoryRetention, OnBehalfOf, ProcessingOnBehalf, Representative, Transfer
from privacy.programme.purposes import Channel, IdentifierType, MessageType, Purpose, Topic
from privacy.programme.request_rules import RequestRule
from privacy.programme.texts import NoticeVersion, TextVersion, WordingVersion
from privacy.programme.vocabulary import (
    BreachMoment,
    CaseType,
    ContactKind,
    ErasureKeeps,
    LegalBasis,
    ProofGrade,
    ProofLevel,
    PurposeClass,
    RecipientKind,
    RetentionAction,
    RetentionTrigger,
    Setting,
)

__all__ = [
    "OWN_SYSTEM",
    "AgeRule",
    "AskedPurpose",
    "Authority",
    "AutomatedDecision",
    "Brand",
    "BreachMoment",
    "BreachRule",
    "CaseType",
    "CategoryRetention",
    "Channel",
    "CollectionKind",
    "CollectionPoint",
    "ConnectorKind",
    "ContactKind",
    "Controller",
    "Covered",
    "DataCategory",
    "DataField",
    "DataProtectionOfficer",
    "DataSet",
    "Direction",
    "Duration",
    "ElectronicContactRule",
    "ErasureKeeps",
    "ErasureRule",
    "Historical",
    "IdentifierType",
    "JointArrangement",
    "Jurisdiction",
    "Keeping",
    "LegalBasis",
    "MessageType",
    "NoticeVersion",
    "OnBehalfOf",
    "Place",
    "ProcessingActivity",
    "ProcessingOnBehalf",
    "Processor",
    "Programme",
    "ProofGrade",
    "ProofLevel",
    "PublicHoliday",
    "Purpose",
    "PurposeClass",
    "Recipient",
    "RecipientKind",
    "Reference",
    "Representative",
    "RequestRule",
    "RetentionAction",
    "RetentionRule",
    "RetentionTrigger",
    "RetentionWarning",
    "Scan",
    "Setting",
    "StandsFor",
    "Strategy",
    "System",
    "Table",
    "TextVersion",
    "Topic",
    "Transfer",
    "WordingVersion",
]

_Text = TypeVar("_Text", bound=TextVersion)


@dataclass(frozen=True)
class Programme:
    """One applied version of the privacy programme."""

    number: int
    #: Microseconds since the epoch.
    applied_at: int
    #: SHA-256 of the canonical document, in hexadecimal.
    sha256: str
    jurisdiction: Jurisdiction
    dpo: DataProtectionOfficer | None
    controllers: Mapping[str, Controller]
    joint_arrangements: Mapping[str, JointArrangement]
    brands: Mapping[str, Brand]
    channels: Mapping[str, Channel]
    identifier_types: Mapping[str, IdentifierType]
    #: The kinds of contact in use, with their names by locale.
    contact_kinds: Mapping[ContactKind, Mapping[str, str]]
    data_categories: Mapping[str, DataCategory]
    recipients: Mapping[str, Recipient]
    processors: Mapping[str, Processor]
    retention_rules: Mapping[str, RetentionRule]
    purposes: Mapping[str, Purpose]
    message_types: Mapping[str, MessageType]
    processing_activities: Mapping[str, ProcessingActivity]
    #: What people may wish to hear about.
    topics: Mapping[str, Topic]
    #: Forms by which consents are collected.
    collection_points: Mapping[str, CollectionPoint]
    #: What our companies do as processors (Art. 30(2)).
    processing_on_behalf: Mapping[str, ProcessingOnBehalf]
    age_rules: tuple[AgeRule, ...]
    contact_rules: tuple[ElectronicContactRule, ...]
    erasure_rules: tuple[ErasureRule, ...]
    systems: Mapping[str, System]
    #: Every one that is described; those that no system holds are not asked.
    data_sets: Mapping[str, DataSet]
    breach_rules: tuple[BreachRule, ...]
    request_rules: tuple[RequestRule, ...]
    public_holidays: tuple[PublicHoliday, ...]
    #: By code and version, in the order of the document.
    wordings: Mapping[tuple[str, str], WordingVersion] = field(repr=False)
    notices: Mapping[tuple[str, str], NoticeVersion] = field(repr=False)

    @cached_property
    def zone(self) -> ZoneInfo:
        """The time zone by which days and periods are counted."""
        return ZoneInfo(self.jurisdiction.zone)

    @cached_property
    def marketing_purposes(self) -> tuple[Purpose, ...]:
        """Every purpose that an objection to direct marketing stops (Art. 21(2))."""
        return tuple(p for p in self.purposes.values() if p.purpose_class is PurposeClass.MARKETING)

    def purpose(self, code: str) -> Purpose:
        """The purpose of that code; raises `UnknownPurpose`."""
        if (found := self.purposes.get(code)) is None:
            raise UnknownPurpose.among(self.purposes)
        return found

    def channel(self, code: str) -> Channel:
        """The channel of that code; raises `UnknownChannel`."""
        if (found := self.channels.get(code)) is None:
            raise UnknownChannel.among(self.channels)
        return found

    def message_type(self, code: str) -> MessageType:
        """The message type of that code; raises `UnknownMessageType`."""
        if (found := self.message_types.get(code)) is None:
            raise UnknownMessageType.among(self.message_types)
        return found

    def identifier_type(self, code: str) -> IdentifierType:
        """The type of identifier of that code; raises `UnknownIdentifierType`."""
        if (found := self.identifier_types.get(code)) is None:
            raise UnknownIdentifierType.among(self.identifier_types)
        return found

    def wording(self, code: str, version: str) -> WordingVersion | None:
        """That version of that wording, whether in force or not."""
        return self.wordings.get((code, version))

    def wording_in_force(self, code: str, on: date) -> WordingVersion | None:
        """The newest version of the wording that was in force on that day; an attested one only beside no published."""
        published = _newest((w for w in self.wordings.values() if w.historical is None), code, on)
        return published or _newest(self.wordings.values(), code, on)

    def wording_standing_for(
        self, system: str, version: str | None, point: str | None, on: date
    ) -> WordingVersion | None:
        """The historical wording that stands for such a row of an old file, which was then in force; at most one.

        `version` is what the row gives as its wording, None or blank where it gives none. A row whose own words name
        a wording of the programme is the caller's to tell first.
        """
        return self._rows_of_old_files.find(system, version, point, on)

    @cached_property
    def _rows_of_old_files(self) -> RowsIndex[WordingVersion]:
        return RowsIndex(self.wordings.values())

    def notice(self, code: str, version: str) -> NoticeVersion | None:
        """That version of that notice, whether in force or not."""
        return self.notices.get((code, version))

    def notice_in_force(self, code: str, on: date) -> NoticeVersion | None:
        """The newest version of the notice that was in force on that day."""
        return _newest(self.notices.values(), code, on)

    def superseded(self, wording_code: str, version: str, on: date) -> bool:
        """Whether a later version demands fresh consent from those on this one, and its last day has passed."""
        return any(
            later.fresh_consent_after is not None and on > later.fresh_consent_after
            for later in self._superseders(wording_code, version)
        )

    def _superseders(self, code: str, version: str) -> Iterator[WordingVersion]:
        return (w for w in self.wordings.values() if w.code == code and version in w.supersedes)

    def minimum_age(
        self, setting: Setting | str, on: date, *, country: str | None = None, rule: str | None = None
    ) -> int:
        """The age in whole years from which a person consents alone; `country` defaults to the jurisdiction's."""
        where = country or self.jurisdiction.country
        return law.minimum_age(self.age_rules, where, Setting(setting), on, rule)

    def kept_after_erasure(self, what: ErasureKeeps, on: date) -> ErasureRule:
        """How long that outlives a person who is erased on that day."""
        return law.erasure_rule(self.erasure_rules, what, on)

    def breach_rules_on(self, on: date) -> Mapping[str, BreachRule]:
        """The time limits of breaches in force on that day, by code."""
        return law.breach_rules(self.breach_rules, on)

    def request_rule(self, case_type: CaseType | str, on: date | None = None) -> RequestRule:
        """How requests of that type are handled on that day, by default today."""
        day = on or clock.now().astimezone(self.zone).date()
        return request_rules.request_rule(self.request_rules, CaseType(case_type), day)

    def category(self, written: str) -> DataCategory | None:
        """The data category that a field of the data map means: one of ours, or the nearest for a Fideslang key."""
        code = fideslang.nearest(written, {key: c.code for c in self.data_categories.values() for key in c.fideslang})
        return self.data_categories.get(written) or self.data_categories.get(code or "")

    def needs_channel_consent(self, purpose: Purpose, channel_code: str, on: date) -> bool:
        """Whether the law on electronic contact asks for a consent to this channel (in Poland PKE art. 398)."""
        country = self.jurisdiction.country
        return any(
            rule.demands_consent(country, purpose.purpose_class, channel_code, on) for rule in self.contact_rules
        )


def _newest(versions: Iterable[_Text], code: str, on: date) -> _Text | None:
    in_force = (v for v in versions if v.code == code and v.in_force(on))
    return max(in_force, key=lambda v: v.valid_from, default=None)
