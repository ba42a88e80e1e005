"""What tests of warnings share: a programme with a rule that warns, people, and ways that end as they are told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

import time_machine

from privacy import clock
from privacy.audit import service as audit
from privacy.authz.actors import OPERATOR, SERVICE
from privacy.consent import service as consent
from privacy.db import new_id, session, unit_of_work
from privacy.legal_time import days
from privacy.outbox import service as outbox
from privacy.outbox.service import MessageKind
from privacy.outbox.transport import Outcome, Result, Sendable
from privacy.programme import service as programmes
from privacy.programme.types import RetentionRule
from privacy.retention.warnings import warnings
from privacy.retention.warnings.warned import Warned
from privacy.subjects import service as subjects
from tests.consent.desk import EXAMPLE
from tests.outbox.sending import send

ANNA = {"customer_id": "C-1001", "email": "anna.nowak@example.com", "phone": "+48600100200"}
#: What a row of a shop holds of her.
HER_ROW = Warned(frozenset({("customer_id", "C-1001"), ("email", "anna.nowak@example.com")}))
RULE = """  - code: membership
    trigger: account_closed
    warning: { days: 14, attempts: 2 }
"""
RUN = UUID(int=77)


@dataclass
class Way:
    """A transport that ends every message as it is told, and keeps what went."""

    kind: MessageKind
    result: Result = Result.SENT
    failure: str | None = None
    #: To these addresses alone it fails so.
    only: frozenset[str] = frozenset()
    sent: list[Sendable] = field(default_factory=list)

    def send(self, message: Sendable) -> Outcome:
        fails = self.result is not Result.SENT and (not self.only or message.to in self.only)
        if not fails:
            self.sent.append(message)
        return Outcome(self.result, self.failure) if fails else Outcome(Result.SENT)

    def close(self) -> None:
        """Nothing is open."""


@dataclass
class Desk:
    """The service on one database, with its ways to reach people."""

    #: None where a test does not move it.
    clock: time_machine.Traveller | None
    mail: Way = field(default_factory=lambda: Way(MessageKind.EMAIL))
    sms: Way = field(default_factory=lambda: Way(MessageKind.SMS))

    @property
    def rule(self) -> RetentionRule:
        return programmes.current().retention_rules["membership"]

    def today(self) -> date:
        return days.day_of(clock.micros(), programmes.current().zone)

    def person(self, *, held: int = 100, **given: str) -> UUID:
        programme = programmes.current()
        with unit_of_work():
            naming = subjects.name_of(programme, OPERATOR, given)
            since = clock.micros() - held * clock.DAY
            return subjects.put_subject(naming, actor=OPERATOR, programme=programme, source="crm", held_from=since)[0]

    def warn(self, *people: Warned, run: UUID = RUN) -> int:
        with unit_of_work():
            return warnings.warn(run, people or (HER_ROW,), self.rule, actor=SERVICE)

    def standing(self, one: Warned = HER_ROW) -> warnings.Standing:
        with unit_of_work():
            [found] = warnings.standing(self.rule, [one], self.today())
        return found

    def only(self) -> warnings.WarningView:
        [view] = warnings.listed()
        return view

    def work(self, days_: int = 0) -> None:
        """The worker sends what waits and looks how it came out, each day of so many."""
        for _ in range(days_ + 1):
            send(self.mail, self.sms)
            self.clock.shift(3_600)
            with unit_of_work():
                while warnings.attend_warnings(clock.micros(), actor=SERVICE):
                    pass
            self.clock.shift(86_400 - 3_600 if days_ else 0)


def a_desk(frozen: time_machine.Traveller | None) -> Desk:
    """The example programme, in which the rule on memberships warns."""
    text = EXAMPLE.read_text("utf-8")
    at = text.index("  - code: membership\n")
    head = "  - code: membership\n"
    document = programmes.read(text[:at] + RULE + text[at + len(head) :])
    with unit_of_work():
        programmes.apply(document, actor=OPERATOR, purpose_in_use=consent.purpose_in_use)
    outbox.install(audit.record_message, undelivered=[consent.record_refusal])
    return Desk(frozen)


def actions() -> list[str]:
    """What the log says of warnings."""
    return [one for one in audit.actions_since(session(), None) if one.startswith("retention_warning.")]


def rows(*customers: str) -> Iterable[Warned]:
    """Rows of so many customers."""
    return [Warned(frozenset({("customer_id", one)})) for one in customers]


def a_run() -> UUID:
    """Another run."""
    return new_id()
