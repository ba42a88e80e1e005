"""The choices of a person as cards, a purpose each, with what can be done there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from uuid import UUID

from privacy.consent.service import Choice, Reason
from privacy.portal.choice_words import State, channel_name, controllers_of, said_in, state_of
from privacy.programme import service as programmes
from privacy.programme.types import Programme, Purpose, PurposeClass
from privacy.selfservice import service as selfservice
from privacy.selfservice.service import Whose

#: What a new consent would not change: something else stands in its way.
_FIXED = frozenset({Reason.RESTRICTED, Reason.ERASURE_PENDING, Reason.DECEASED, Reason.SHARED_CONTACT})


@dataclass(frozen=True)
class Row:
    """One choice: by which channel, to which contact, and what holds."""

    choice: Choice
    #: The channel's name; None for a purpose that contacts nobody.
    channel: str | None
    contact: str | None
    state: State
    #: The act that the state rests on, and when that was (microseconds).
    act_id: UUID | None
    since: int | None
    until: int | None
    #: Whether the contact was proven in this session, so that one may agree here.
    proven: bool

    @property
    def withdrawable(self) -> bool:
        """Whether there is a consent, or the asking for one, to withdraw."""
        return self.choice.by_consent and (
            self.choice.decision.allowed or self.choice.decision.reason is Reason.REQUESTED
        )

    @property
    def open(self) -> bool:
        """Whether a consent could be given here, apart from whose contact it is."""
        decision = self.choice.decision
        return (
            self.choice.by_consent
            and not decision.allowed
            and decision.reason not in {*_FIXED, Reason.REQUESTED}
            and self.choice.reachable
        )


@dataclass(frozen=True)
class Card:
    """One purpose with all its choices."""

    purpose: Purpose
    name: str
    description: str
    controllers: str
    rows: Sequence[Row]
    too_young: bool
    offered: bool

    @property
    def can_agree(self) -> bool:
        """Whether there is anything to agree to, if perhaps after proving a contact."""
        return self.offered and not self.too_young and any(row.open for row in self.rows)

    @property
    def waits(self) -> bool:
        """Whether a message waits for its code."""
        return any(row.choice.decision.reason is Reason.REQUESTED for row in self.rows)

    @property
    def withdrawable(self) -> int:
        """How many consents there are to withdraw."""
        return sum(row.withdrawable for row in self.rows)

    @property
    def by_consent(self) -> bool:
        """Whether it rests on consent, in whole or by a channel."""
        return any(row.choice.by_consent for row in self.rows)

    @property
    def objected(self) -> bool:
        """Whether the person objected to it."""
        return all(not row.choice.decision.allowed for row in self.rows)

    @property
    def marketing(self) -> bool:
        """Whether "no more advertising" stops it."""
        return self.purpose.purpose_class is PurposeClass.MARKETING


def cards_of(whose: Whose, choices: Iterable[Choice], locale: str) -> list[Card]:
    """A card for each purpose, in the order of the programme."""
    programme = programmes.current()
    return [
        card_of(whose, purpose, list(rows), programme, locale)
        for purpose, rows in groupby(choices, key=lambda one: one.purpose)
    ]


def card_of(whose: Whose, purpose: Purpose, choices: Sequence[Choice], programme: Programme, locale: str) -> Card:
    """The card of one purpose."""
    return Card(
        purpose,
        said_in(purpose.names),
        said_in(purpose.descriptions),
        controllers_of(programme, purpose),
        [_row(whose, one, programme) for one in choices if one.reachable],
        selfservice.is_too_young(whose, purpose),
        selfservice.offer(purpose.code, locale) is not None,
    )


def _row(whose: Whose, choice: Choice, programme: Programme) -> Row:
    give, no = choice.decision.give, choice.decision.no
    return Row(
        choice,
        channel_name(programme, choice.channel) if choice.channel else None,
        choice.contact.masked if choice.contact else None,
        state_of(choice),
        give.act_id if give else no.act_id if no else None,
        give.earliest if give else no.latest if no else None,
        choice.decision.valid_until,
        selfservice.is_proven(whose, choice),
    )
