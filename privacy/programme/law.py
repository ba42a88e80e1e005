"""Law as dated data: ages of consent, electronic contact, what outlives an erasure, public holidays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from privacy.programme.duration import Duration
from privacy.programme.vocabulary import BreachMoment, ErasureKeeps, PurposeClass, Setting

#: Where no rule is in force. Online: the age of GDPR Art. 8(1) itself. Offline: majority, the cautious reading.
DEFAULT_AGES = {Setting.ONLINE: 16, Setting.OFFLINE: 18}


@dataclass(frozen=True)
class AgeRule:
    """From which age a person consents without a parent, in one country and setting, since a day."""

    code: str
    country: str
    setting: Setting
    valid_from: date
    age: int
    statute: str


@dataclass(frozen=True)
class ElectronicContactRule:
    """In one country, marketing over these channels needs a consent to the channel itself (ePrivacy Art. 13)."""

    code: str
    country: str
    valid_from: date
    #: The last day, inclusive; None while it is in force.
    valid_until: date | None
    channels: frozenset[str]
    classes: frozenset[PurposeClass]
    #: What the channel needs; `consent` is the only answer that the programme knows today.
    requires: str
    statute: str

    def demands_consent(self, country: str, purpose_class: PurposeClass, channel: str, on: date) -> bool:
        """Whether this rule makes the channel need a consent of its own on that day."""
        in_force = self.valid_from <= on and (self.valid_until is None or on <= self.valid_until)
        return in_force and self.country == country and channel in self.channels and purpose_class in self.classes


@dataclass(frozen=True)
class ErasureRule:
    """How long something outlives an erased person, since a day, and why."""

    code: ErasureKeeps
    valid_from: date
    period: Duration
    #: Whether it is kept to 31 December, as Polish claims of two years and more expire (KC art. 118).
    to_year_end: bool
    basis: str

    def last_day(self, erased_on: date) -> date:
        """The last day on which it is kept."""
        ends = self.period.after(erased_on)
        return date(ends.year, 12, 31) if self.to_year_end else ends


@dataclass(frozen=True)
class BreachRule:
    """Within how many hours of a breach somebody is told, since a day; a period in hours (Regulation 1182/71)."""

    #: `authority` is Art. 33(1), `processor` Art. 33(2); the others are clocks of other laws and contracts.
    code: str
    valid_from: date
    hours: int
    counted_from: BreachMoment
    #: Whom, by locale.
    to: Mapping[str, str]
    statute: str


@dataclass(frozen=True)
class PublicHoliday:
    """A public holiday that a country's usual list lacks, or a day of that list on which people work."""

    country: str
    on: date
    names: Mapping[str, str]
    #: Whether the day is a working day after all.
    is_working: bool
    statute: str


#: Where no rule is in force, as in a programme that was applied before there were any.
DEFAULT_ERASURE_RULES = {
    rule.code: rule
    for rule in (
        ErasureRule(
            ErasureKeeps.EVIDENCE,
            date.min,
            Duration.parse("P6Y"),
            to_year_end=True,
            basis="GDPR art. 17(3)(e); Kodeks cywilny art. 118",
        ),
        ErasureRule(
            ErasureKeeps.SUPPRESSION, date.min, Duration.parse("P10Y"), to_year_end=False, basis="GDPR art. 21(3)"
        ),
        ErasureRule(ErasureKeeps.CASE, date.min, Duration.parse("P3Y"), to_year_end=True, basis="GDPR art. 5(2)"),
    )
}


#: The codes that the law itself gives a meaning.
AUTHORITY, PROCESSOR = "authority", "processor"
#: Where no rule is in force. Art. 33(2) names no hours for a processor: a day leaves the controller time to act.
DEFAULT_BREACH_RULES = {
    rule.code: rule
    for rule in (
        BreachRule(AUTHORITY, date.min, 72, BreachMoment.AWARE, {}, "GDPR art. 33(1)"),
        BreachRule(PROCESSOR, date.min, 24, BreachMoment.TOLD, {}, "GDPR art. 33(2)"),
    )
}


def breach_rules(rules: Iterable[BreachRule], on: date) -> Mapping[str, BreachRule]:
    """The newest rule of each code that is in force on that day, those of the law first."""
    newest = dict(DEFAULT_BREACH_RULES)
    for rule in sorted(rules, key=lambda rule: rule.valid_from):
        if rule.valid_from <= on:
            newest[rule.code] = rule
    return newest


def erasure_rule(rules: Iterable[ErasureRule], what: ErasureKeeps, on: date) -> ErasureRule:
    """The newest rule about it that is in force on that day."""
    in_force = (rule for rule in rules if rule.code is what and rule.valid_from <= on)
    return max(in_force, key=lambda rule: rule.valid_from, default=DEFAULT_ERASURE_RULES[what])


def minimum_age(rules: Iterable[AgeRule], country: str, setting: Setting, on: date, code: str | None = None) -> int:
    """The age in whole years from which consent is the person's own on that day.

    Of several rules with different codes the highest age counts, unless `code` picks one.
    """
    newest: dict[str, AgeRule] = {}
    for rule in rules:
        if (rule.country, rule.setting) != (country, setting) or rule.valid_from > on or code not in {None, rule.code}:
            continue
        held = newest.get(rule.code)
        if held is None or rule.valid_from > held.valid_from:
            newest[rule.code] = rule
    return max((rule.age for rule in newest.values()), default=DEFAULT_AGES[setting])
