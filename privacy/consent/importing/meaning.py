"""What rows of an export say, in our words, as its profile tells. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import cast
from zoneinfo import ZoneInfo

import msgspec

from privacy import claims
from privacy.claims import Claim
from privacy.consent.importing.profile import (
    EVERY_MARKETING,
    NO_CHANNEL,
    ActRule,
    Condition,
    Kind,
    Pair,
    Profile,
    Said,
    Token,
    Value,
)
from privacy.consent.importing.rejects import Why
from privacy.errors import InvalidInput
from privacy.programme.types import ProofGrade

#: A code or version that came from a file: nothing else of a column gets into an act or a report.
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
_VERSION = re.compile(r"[A-Za-z0-9?][A-Za-z0-9._-]{0,19}")
#: The version of a wording where the file should name one and names none.
NO_VERSION = ""
_LOCALE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


class Statement(msgspec.Struct, frozen=True, array_like=True):
    """One thing that a row says, on one purpose and channel."""

    said: str
    #: None: every marketing purpose; of an event of a contact it plays no part.
    purpose: str | None = None
    #: None: the purpose has none, or all of them.
    channel: str | None = None
    #: Since when: start and width of the claim in microseconds; None where the row has no date that can be read.
    at: tuple[int, int] | None = None
    #: Code, version and locale of the wording.
    wording: tuple[str | None, str | None, str | None] | None = None
    proof: str = ProofGrade.STAFF_CLAIM.value
    point: str | None = None
    setting: str | None = None
    #: The birth date as the row has it, until the class of age is taken from it.
    born: str | None = None

    @property
    def is_event(self) -> bool:
        """Whether it is about a contact, whoever holds it."""
        return Said(self.said).is_event

    @property
    def claim(self) -> Claim | None:
        """Its time."""
        return None if self.at is None else Claim(*self.at)


#: Texts of times that are remembered.
_REMEMBERED = 64
_in_order = msgspec.msgpack.Encoder().encode


def in_order(statements: Iterable[Statement]) -> tuple[Statement, ...]:
    """Each statement once, in an order that does not depend on how they came."""
    return tuple(sorted(set(statements), key=_in_order))


@dataclass(frozen=True)
class Complaint:
    """A column that could not be understood."""

    column: str
    why: Why


@dataclass
class Meaning:
    """What one row amounts to."""

    statements: list[Statement] = field(default_factory=list)
    complaints: list[Complaint] = field(default_factory=list)
    #: What might have allowed something and could not be taken, and why.
    dropped: list[tuple[Statement, Why]] = field(default_factory=list)


class Reading:
    """Reads rows of one kind of file by its profile, with the options that were given."""

    def __init__(self, profile: Profile, kind: Kind, options: Mapping[str, str | None], zone: ZoneInfo) -> None:
        self._profile = profile
        self._rules = kind.rules
        self._options = options
        self._zone = ZoneInfo(profile.zone) if profile.zone is not None else zone
        self._forms = [_form(text) for text in profile.times]
        self._claims: dict[str, Claim | None] = {}

    def meaning(self, row: Mapping[str, str]) -> Meaning:
        """What a row says, whoever it is about."""
        into = Meaning()
        shared = self._shared(row, into)
        for rule in self._rules:
            pairs: Sequence[Pair | None] = rule.each or (None,)
            for pair in pairs:
                act = self._chosen(rule.acts, pair, row, into)
                if act is not None:
                    self._say(act, pair, row, shared, into)
        return into

    # Which act.

    def _chosen(
        self, acts: Sequence[ActRule], pair: Pair | None, row: Mapping[str, str], into: Meaning
    ) -> ActRule | None:
        """The first act whose conditions hold. A word that is neither yes nor no is reported and says nothing."""
        for act in acts:
            for condition in act.when:
                column = condition.column or (pair.column if pair is not None else "")
                if not self._is_clear(condition, row[column]):
                    into.complaints.append(Complaint(column, Why.UNCLEAR))
                    return None
            if all(self._holds(c, row[c.column or (pair.column if pair else "")]) for c in act.when):
                return act
        return None

    def _is_clear(self, condition: Condition, text: str) -> bool:
        if not condition.tokens & {Token.YES, Token.NO}:
            return True
        word = text.strip().casefold()
        known = self._profile.yes | self._profile.no | condition.texts
        return self._is_empty(text) or word in known

    def _holds(self, condition: Condition, text: str) -> bool:
        word, empty = text.strip().casefold(), self._is_empty(text)
        tokens = condition.tokens
        return (
            (Token.EMPTY in tokens and empty)
            or (Token.FILLED in tokens and not empty)
            or (Token.YES in tokens and word in self._profile.yes)
            or (Token.NO in tokens and word in self._profile.no)
            or word in condition.texts
        )

    def _is_empty(self, text: str) -> bool:
        word = text.strip().casefold()
        return not word or word in self._profile.empty

    # What it says.

    def _say(
        self, act: ActRule, pair: Pair | None, row: Mapping[str, str], shared: Mapping[str, str | None], into: Meaning
    ) -> None:
        said = self._word(act.act, row)
        if said is None:
            into.complaints.append(Complaint(act.act.column or "", Why.UNKNOWN_ACT))
            return
        purpose = self._word(pair.purpose if pair else act.purpose, row)
        channel = self._word(pair.channel if pair else act.channel, row)
        kind = Said(said)
        at, why = self._time(act.at, row, kind, into)
        statement = Statement(
            said=said,
            purpose=None if purpose == EVERY_MARKETING else purpose,
            channel=None if channel == NO_CHANNEL else channel,
            at=at,
            wording=self._wording(row, into) if kind in {Said.GIVE, Said.REQUEST} else None,
            born=shared["born"] if kind in {Said.GIVE, Said.REQUEST} else None,
            proof=cast(str, shared["proof"]),
            point=shared["point"],
            setting=shared["setting"],
        )
        if why is not None and kind.allows:
            into.dropped.append((statement, why))
        else:
            into.statements.append(statement)

    def _shared(self, row: Mapping[str, str], into: Meaning) -> Mapping[str, str | None]:
        """What all statements of a row share."""
        profile = self._profile
        return {
            "proof": self._word(profile.proof, row),
            "point": self._word(profile.point, row),
            "setting": self._word(profile.setting, row),
            "born": self._born(row, into),
        }

    def _word(self, value: Value | None, row: Mapping[str, str]) -> str | None:
        """What a value of the profile is for this row."""
        if value is None:
            return None
        if value.option is not None:
            return self._options[value.option]
        if value.column is None:
            return value.text
        text = row[value.column].strip()
        if value.words is not None:
            return value.words.get(text.casefold(), value.otherwise)
        return text or value.otherwise

    def _time(
        self, columns: Sequence[str], row: Mapping[str, str], kind: Said, into: Meaning
    ) -> tuple[tuple[int, int] | None, Why | None]:
        """The first time that is filled. A "no" is kept even where it cannot be read: it counts from its receipt."""
        for column in columns:
            if self._is_empty(row[column]):
                continue
            claim = self._claim(row[column].strip())
            if claim is not None:
                return (claim.start, claim.width), None
            why = Why.BAD_TIME if kind.allows else Why.BAD_TIME_OF_NO
            into.complaints.append(Complaint(column, why))
            return None, why
        return None, None

    def _claim(self, text: str) -> Claim | None:
        """The time that a text claims. Of a row several acts have the same, so the last ones are remembered."""
        if text not in self._claims:
            if len(self._claims) >= _REMEMBERED:
                self._claims.clear()
            self._claims[text] = self._read_claim(text)
        return self._claims[text]

    def _read_claim(self, text: str) -> Claim | None:
        for form in self._forms:
            try:
                return form(text, self._zone)
            except (InvalidInput, ValueError, OverflowError):
                continue
        return None

    def _wording(self, row: Mapping[str, str], into: Meaning) -> tuple[str | None, str | None, str | None] | None:
        wording = self._profile.wording
        if wording is None:
            return None
        version = self._options.get("version")
        if wording.version is not None:  # A row that names none is not about the one in force.
            version = version or self._checked(wording.version, row, _VERSION, into) or NO_VERSION
        code = self._checked(wording.code, row, _CODE, into)
        return code, version, self._checked(wording.locale, row, _LOCALE, into)

    def _checked(self, value: Value | None, row: Mapping[str, str], form: re.Pattern[str], into: Meaning) -> str | None:
        word = self._word(value, row)
        if word is None or value is None or value.column is None or form.fullmatch(word):
            return word
        into.complaints.append(Complaint(value.column, Why.BAD_CODE))
        return None

    def _born(self, row: Mapping[str, str], into: Meaning) -> str | None:
        """The birth date, as ISO 8601; one that cannot be read is reported, and nothing is known of the age."""
        column = self._profile.born
        if column is None or self._is_empty(row[column]):
            return None
        for text in self._day_forms():
            try:
                return claims.day_of(row[column].strip(), text).isoformat()
            except ValueError:
                continue
        into.complaints.append(Complaint(column, Why.BAD_DAY))
        return None

    def _day_forms(self) -> Iterator[str]:
        """The forms of times without their time of day, then ISO 8601."""
        for form in self._profile.times:
            if "%" in form:
                yield form.split(" ", maxsplit=1)[0].split("T", maxsplit=1)[0]
        yield "%Y-%m-%d"


_FORMS: dict[str, claims.Form] = {
    "iso": claims.read_claim,
    "unix": claims.of_unix_seconds,
    "unix_ms": claims.of_unix_millis,
}


def _form(text: str) -> claims.Form:
    return _FORMS.get(text) or claims.form(text)


def age_on(born: str, day: date) -> int | None:
    """Completed years on a day; None for somebody not born yet."""
    birth = date.fromisoformat(born)
    years = day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))
    return years if years >= 0 else None
