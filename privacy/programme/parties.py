"""Who is who: controllers, brands, the DPO, recipients, processors; and the record of Art. 30."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from privacy.programme.data_map import Place
from privacy.programme.duration import Duration
from privacy.programme.processing import CategoryRetention, Representative
from privacy.programme.vocabulary import LegalBasis, RecipientKind, RetentionAction, RetentionTrigger

#: In the place of a locale: a text that the programme has once, in whichever language.
UNTRANSLATED = ""
#: In the place of a system that a retention rule covers: this service's own store of people.
OWN_SYSTEM = "privacy"


@dataclass(frozen=True)
class Authority:
    """The supervisory authority that people may complain to (Art. 77)."""

    name: str
    address: str
    url: str


@dataclass(frozen=True)
class Jurisdiction:
    """Whose law and clock decide."""

    #: ISO 3166-1 alpha-2.
    country: str
    #: IANA name of the time zone by which days and periods are counted.
    zone: str
    #: BCP 47, the default first. Every text exists in each.
    locales: tuple[str, ...]
    authority: Authority


@dataclass(frozen=True)
class Controller:
    """Who decides why and how data are processed (Art. 4(7))."""

    code: str
    name: str
    address: str
    country: str
    tax_number: str | None
    email: str
    phone: str | None
    url: str | None
    #: Page of its information about data protection (Art. 12(1)).
    privacy_url: str | None = None
    #: Page on which people see and change what they agreed to (Art. 7(3)).
    preferences_url: str | None = None
    #: Where the controller is not established in the Union (Art. 27).
    representative: Representative | None = None


@dataclass(frozen=True)
class JointArrangement:
    """How joint controllers share their duties (Art. 26)."""

    code: str
    controllers: tuple[str, ...]
    #: Whom people may turn to first; they may turn to any of them.
    contact_point: str
    agreed_on: date
    #: The essence of the arrangement, which people may see (Art. 26(2)), by locale.
    essence: Mapping[str, str]


@dataclass(frozen=True)
class Brand:
    """A name under which a controller meets its customers."""

    code: str
    name: str
    controller: str
    url: str | None


@dataclass(frozen=True)
class DataProtectionOfficer:
    """The data protection officer (Art. 37), published for everyone to reach."""

    name: str
    email: str
    phone: str | None
    address: str | None
    controllers: tuple[str, ...]


@dataclass(frozen=True)
class Recipient:
    """Whom data are disclosed to (Art. 4(9))."""

    code: str
    kind: RecipientKind
    names: Mapping[str, str]
    country: str
    #: What makes a transfer outside the EEA lawful (Art. 45, 46, 49), by locale.
    safeguard: Mapping[str, str] | None
    #: Where it is told of what was erased, corrected or restricted (Art. 19): an e-mail address; else a postal one, its
    #: parts divided by commas. A person tells whom the programme gives neither.
    email: str | None = field(default=None, repr=False)
    address: str | None = field(default=None, repr=False)
    #: BCP 47: in which language it is told; None for the programme's first.
    locale: str | None = None


@dataclass(frozen=True)
class Processor:
    """Who processes on a controller's behalf (Art. 28) and under which agreement."""

    code: str
    name: str
    country: str
    controllers: tuple[str, ...]
    service: str
    agreement: str
    agreed_on: date
    #: As of a `Recipient`.
    safeguard: Mapping[str, str] | None
    #: These three as of a `Recipient`.
    email: str | None = field(default=None, repr=False)
    address: str | None = field(default=None, repr=False)
    locale: str | None = None


@dataclass(frozen=True)
class DataCategory:
    """A category of personal data; `special` ones fall under Art. 9 or 10."""

    code: str
    names: Mapping[str, str]
    special: bool
    #: Keys of Fideslang that mean the same; what stands below such a key is meant too.
    fideslang: tuple[str, ...] = ()


@dataclass(frozen=True)
class Covered:
    """Which data a rule is about: what every list that is not empty allows."""

    #: `OWN_SYSTEM` among them means the people whom this service itself knows.
    systems: tuple[str, ...] = ()
    data_sets: tuple[str, ...] = ()
    #: Codes of `data_categories`: of a row, the fields of these categories.
    data_categories: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()


@dataclass(frozen=True)
class RetentionWarning:
    """That a person hears of it before the data go."""

    #: Days between the delivered warning and the first day on which the data may go.
    days: int
    #: Attempts by the first way before the second is tried, and by that before a person decides.
    attempts: int


@dataclass(frozen=True)
class RetentionRule:
    """How long data are kept, counted from what, and why (Art. 5(1)(e))."""

    code: str
    #: ISO 8601; None where the start itself ends the keeping.
    period: str | None
    starts: Mapping[str, str]
    statute: str
    #: Whether it is kept to 31 December, as Polish claims of two years and more expire (KC art. 118).
    to_year_end: bool = False
    #: From which moment it counts; None for a rule that is only told to people, and by which nothing is disposed of.
    trigger: RetentionTrigger | None = None
    covers: Covered = Covered()
    #: Of the trigger `custom`: the fields that hold the moment.
    fields: tuple[Place, ...] = ()
    #: The last month and day of the financial year, of that trigger.
    financial_year_ends: tuple[int, int] = (12, 31)
    action: RetentionAction = RetentionAction.ERASE
    #: How many people must agree to a run: 0, 1 or 2.
    approvals: int = 1
    warning: RetentionWarning | None = None

    def last_day(self, start: date) -> date | None:
        """The last day on which something is kept whose time counts from `start`.

        `start` is the day of the moment itself: the end of its year is taken here where the trigger says so. Without a
        period the moment ends the keeping; None where the rule has neither period nor trigger, and no such day.
        """
        if self.period is None and self.trigger is None:
            return None
        starts = self.counts_from(start)
        ends = Duration.parse(self.period).after(starts) if self.period is not None else starts
        return date(ends.year, 12, 31) if self.to_year_end else ends

    def counts_from(self, moment: date) -> date:
        """The day from which the period counts, of a moment on that day."""
        if self.trigger is RetentionTrigger.CALENDAR_YEAR_END:
            return date(moment.year, 12, 31)
        if self.trigger is RetentionTrigger.FINANCIAL_YEAR_END:
            month, day = self.financial_year_ends
            ends = _in_year(moment.year, month, day)
            return ends if moment <= ends else _in_year(moment.year + 1, month, day)
        return moment


def _in_year(year: int, month: int, day: int) -> date:
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))


@dataclass(frozen=True)
class AutomatedDecision:
    """What people are told of a decision without a person, profiling included (Art. 15(1)(h), 22), each by locale."""

    #: How it is made: which data weigh how, so that people can check it (CJEU C-203/22).
    logic: Mapping[str, str]
    significance: Mapping[str, str]
    consequences: Mapping[str, str]


@dataclass(frozen=True)
class ProcessingActivity:
    """One entry of the record of processing activities (Art. 30(1))."""

    code: str
    controllers: tuple[str, ...]
    names: Mapping[str, str]
    #: Purposes of the programme that the activity serves; none where it concerns nobody whom a system contacts.
    purposes: tuple[str, ...]
    legal_basis: LegalBasis
    statute: str | None
    #: The interest pursued, where that is the basis (Art. 13(1)(d)), by locale.
    legitimate_interest: Mapping[str, str] | None
    #: Categories of persons, in words.
    persons: Mapping[str, str]
    data_categories: tuple[str, ...]
    recipients: tuple[str, ...]
    processors: tuple[str, ...]
    retention_rule: str
    security: str
    #: Reference of the impact assessment (Art. 35), where there is one.
    impact_assessment: str | None
    #: The decision that it takes without a person; None where it takes none.
    automated_decision: AutomatedDecision | None = None
    #: The department that carries it out.
    unit: str | None = None
    #: What it is for, beside or in place of purposes of the programme, by locale.
    purpose_descriptions: Mapping[str, str] | None = None
    #: Where the data come from (Art. 14(2)(f)), by locale.
    source: Mapping[str, str] | None = None
    #: Codes of the systems that hold the data.
    systems: tuple[str, ...] = ()
    category_retention: tuple[CategoryRetention, ...] = ()
