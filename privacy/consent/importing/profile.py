"""The profile of a tool's export: what its files look like and what their rows say. Plain data, read from YAML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from privacy.consent.acts import Timing

#: The identifier of a file whose lines are each an e-mail address or a phone number.
EMAIL_OR_PHONE = "email_or_phone"
#: A purpose that stands for all marketing, of a "no".
EVERY_MARKETING = "every_marketing"
#: A purpose without channels, or every channel of a "no" for all marketing.
NO_CHANNEL = "none"


class Format(StrEnum):
    """How a file holds its rows."""

    CSV = "csv"
    NDJSON = "ndjson"
    LINES = "lines"


class Said(StrEnum):
    """What a row says of its person: an act, or an event of a contact."""

    REQUEST = "request"
    GIVE = "give"
    CONFIRM = "confirm"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    OBJECT = "object"
    SUPPRESS = "suppress"  # on a list of contacts that must not be used for marketing
    BOUNCE = "bounce"  # mail to it came back for good
    COMPLAINT = "complaint"  # reported as spam

    @property
    def is_event(self) -> bool:
        """Whether it is about the contact, whoever holds it."""
        return self in {Said.SUPPRESS, Said.BOUNCE, Said.COMPLAINT}

    @property
    def allows(self) -> bool:
        """Whether it may lead to a yes."""
        return self in {Said.REQUEST, Said.GIVE, Said.CONFIRM}


@dataclass(frozen=True)
class Value:
    """Where something is read from: the profile itself, an option of the command, or a column."""

    text: str | None = None
    option: str | None = None
    column: str | None = None
    #: The column's words, in lower case, and what they mean. None: as it stands in the column.
    words: Mapping[str, str] | None = None
    #: What any other word means.
    otherwise: str | None = None


class Token(StrEnum):
    """What a condition may ask of a column but a literal text."""

    YES = "yes"
    NO = "no"
    EMPTY = "empty"
    FILLED = "filled"


@dataclass(frozen=True)
class Condition:
    """What a column must hold; of several any."""

    #: None: the column that stands in `each`.
    column: str | None
    tokens: frozenset[Token] = frozenset()
    #: In lower case.
    texts: frozenset[str] = frozenset()


@dataclass(frozen=True)
class ActRule:
    """One thing that a row may say."""

    when: tuple[Condition, ...]
    act: Value
    purpose: Value | None = None
    channel: Value | None = None
    #: Columns with its time: the first that is filled counts.
    at: tuple[str, ...] = ()


@dataclass(frozen=True)
class Pair:
    """The purpose and channel that a column of `each` speaks of."""

    column: str
    purpose: Value
    channel: Value | None = None


@dataclass(frozen=True)
class Rule:
    """Of the acts the first counts whose conditions hold, for each pair."""

    acts: tuple[ActRule, ...]
    each: tuple[Pair, ...] = ()


@dataclass(frozen=True)
class Wording:
    """The text that consents of this export were given to."""

    code: Value
    version: Value | None = None
    locale: Value | None = None


@dataclass(frozen=True)
class Kind:
    """One kind of file of an export."""

    rules: tuple[Rule, ...]
    #: The word in a file's name that tells it; None where an export is one kind of file only.
    name: str | None = None
    #: A column that only this kind has.
    column: str | None = None
    #: Our identifiers and contacts, and the columns they stand in; None: those of the profile.
    identifiers: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Profile:
    """The export of one tool."""

    #: Its name on the command line, and others by which it is known.
    name: str
    also: tuple[str, ...]
    title: str
    described_at: str | None
    #: The source system of every act.
    system: str
    format: Format
    #: Of files without a byte order mark.
    encoding: str
    #: None: told by the header.
    delimiter: str | None
    #: Of times without an offset; None: the programme's.
    zone: str | None
    timing: Timing
    #: How times are written: `iso`, `unix`, `unix_ms`, or a form of `strptime`.
    times: tuple[str, ...]
    #: Words, in lower case.
    yes: frozenset[str]
    no: frozenset[str]
    #: What else than nothing means that a field is empty.
    empty: frozenset[str]
    #: What the command may say: the default, or None where it must.
    options: Mapping[str, str | None]
    #: Our identifiers and contacts, and the columns they stand in.
    identifiers: Mapping[str, str]
    #: Columns that a file may lack: then they are empty.
    optional: frozenset[str]
    #: The column with the birth date, of which the class of age on the act's day is taken and nothing else.
    born: str | None
    proof: Value
    point: Value | None
    method: str
    setting: Value | None
    wording: Wording | None
    kinds: tuple[Kind, ...] = field(default=())

    def identifiers_of(self, kind: Kind) -> Mapping[str, str]:
        """Our identifiers and contacts, and the columns of this kind of file they stand in."""
        return self.identifiers if kind.identifiers is None else kind.identifiers

    def needed_of(self, kind: Kind) -> tuple[str, ...]:
        """Every column that a file of this kind must have."""
        return tuple(column for column in self.columns_of(kind) if column not in self.optional)

    def columns_of(self, kind: Kind) -> tuple[str, ...]:
        """Every column that is read of a file of this kind, in the order in which the profile names them."""
        shared = [*self.identifiers_of(kind).values(), self.born, *_columns(self.proof, self.point, self.setting)]
        if self.wording is not None:
            shared += _columns(self.wording.code, self.wording.version, self.wording.locale)
        own = [kind.column] + [column for rule in kind.rules for column in _of_rule(rule)]
        return tuple(dict.fromkeys(column for column in [*shared, *own] if column is not None))

    def channels_of_option(self, name: str) -> set[str | None]:
        """The channels on which the files may tell of consents to an option's purpose; None for any or none."""
        pairs = [
            (pair.purpose, pair.channel) if pair is not None else (act.purpose, act.channel)
            for kind in self.kinds
            for rule in kind.rules
            for act in rule.acts
            for pair in (rule.each or (None,))
            if act.act.text is None or Said(act.act.text).allows
        ]
        return {
            channel.text if channel is not None and channel.text != NO_CHANNEL else None
            for purpose, channel in pairs
            if purpose is not None and purpose.option == name
        }


def _columns(*values: Value | None) -> list[str]:
    return [value.column for value in values if value is not None and value.column is not None]


def _of_rule(rule: Rule) -> list[str]:
    found = [pair.column for pair in rule.each]
    for pair in rule.each:
        found += _columns(pair.purpose, pair.channel)
    for act in rule.acts:
        found += [condition.column for condition in act.when if condition.column is not None]
        found += [*_columns(act.act, act.purpose, act.channel), *act.at]
    return found
