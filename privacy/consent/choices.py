"""A person's choices: each purpose, by each channel, for each of their contacts, with the decision that holds now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from privacy import clock
from privacy.authz.actors import Actor
from privacy.consent import checking
from privacy.consent.asked import CheckIn
from privacy.consent.decision import Decision
from privacy.db import Driver
from privacy.programme.types import ContactKind, LegalBasis, Programme, Purpose, PurposeClass
from privacy.subjects import service as subjects
from privacy.subjects.service import Naming

_OBJECTED_TO = frozenset({LegalBasis.LEGITIMATE_INTERESTS, LegalBasis.PUBLIC_TASK})


@dataclass(frozen=True)
class ChosenContact:
    """A contact of the person that a channel uses."""

    id: UUID
    #: Whoever of those who are one person holds it.
    subject_id: UUID
    kind: ContactKind
    masked: str
    index: bytes = field(repr=False)


@dataclass(frozen=True)
class Choice:
    """What holds for a purpose on one channel and contact."""

    purpose: Purpose
    #: None for a purpose that contacts nobody.
    channel: str | None
    #: None where the channel reaches the account itself, or the person has no contact of that kind.
    contact: ChosenContact | None
    decision: Decision
    #: Whether it is allowed by consent only; otherwise it rests on another basis, and can be objected to.
    by_consent: bool
    #: What the channel reaches somebody by; None where that is the account itself.
    reached_by: ContactKind | None

    @property
    def place(self) -> str:
        """Tells the choices of one purpose apart: channel and contact."""
        return f"{self.channel or ''}.{self.contact.id if self.contact else ''}"

    @property
    def reachable(self) -> bool:
        """Whether there is anything that a consent could be about."""
        return self.contact is not None or self.reached_by is None


def choices_of(subject_id: UUID, *, actor: Actor, programme: Programme, only: str | None = None) -> list[Choice]:
    """Everything that somebody can say yes or no to, in the programme's order; `only` that purpose, where it is named.

    Raises `NotFound`. Purposes that rest on a contract or the law are not among them: `not_chosen` tells those.
    """
    subjects.view(subject_id, realm=actor.realm.value)
    naming = Naming(actor.realm, ref=subject_id)
    purposes = [one for one in programme.purposes.values() if only in {None, one.code}]
    return subjects.steadily(None, lambda driver: list(_choices(naming, purposes, actor, programme, driver)))


def not_chosen(programme: Programme) -> list[Purpose]:
    """The purposes that go on whatever somebody chooses: for a contract, the law, vital interests, safety."""
    today = _today(programme)
    return [one for one in programme.purposes.values() if not any(_asks(programme, one, today))]


def _choices(
    naming: Naming, purposes: Iterable[Purpose], actor: Actor, programme: Programme, driver: Driver
) -> Iterator[Choice]:
    today = _today(programme)
    for purpose in purposes:
        for channel, by_consent in _asks(programme, purpose, today):
            out = checking.check(CheckIn(naming, purpose, channel), actor=actor, programme=programme, driver=driver)
            kind = programme.channel(channel).contact_kind if channel else None
            if not out.decision.contacts:
                yield Choice(purpose, channel, None, out.decision, by_consent, kind)
            for holding, decision in out.decision.contacts:
                ((named, masked),) = subjects.masked_value(driver, holding.id).items()
                contact = ChosenContact(holding.id, holding.subject, ContactKind(named), masked, holding.index)
                yield Choice(purpose, channel, contact, decision, by_consent, kind)


def _asks(programme: Programme, purpose: Purpose, today: date) -> Iterator[tuple[str | None, bool]]:
    """The channels on which somebody has a say, and whether by consent."""
    consent = purpose.legal_basis is LegalBasis.CONSENT
    marketing = purpose.purpose_class is PurposeClass.MARKETING
    service = purpose.purpose_class is PurposeClass.SERVICE
    objected_to = marketing or (service and purpose.legal_basis in _OBJECTED_TO)
    channels: list[str | None] = [one for one in programme.channels if one in purpose.channels] or [None]
    for channel in channels:
        by_consent = consent or (channel is not None and programme.needs_channel_consent(purpose, channel, today))
        if by_consent or objected_to:
            yield channel, by_consent


def _today(programme: Programme) -> date:
    return clock.now().astimezone(programme.zone).date()
