"""Law as dated data: from which age a person consents alone, where electronic contact needs its own consent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from privacy.programme.vocabulary import PurposeClass, Setting

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
