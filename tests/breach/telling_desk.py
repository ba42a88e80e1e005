"""Who tells the affected of a breach: the room's doors, with what a test doesn't care about."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar
from uuid import UUID

import msgspec
import sqlalchemy as sa

from privacy import clock
from privacy.authz.actors import OPERATOR, SERVICE
from privacy.breach import handling, register
from privacy.breach.handling import Report
from privacy.breach.models import PersonalDataBreach
from privacy.breach.telling import affected, communications
from privacy.breach.telling.affected import Line
from privacy.breach.telling.models import BreachAffected, BreachCommunication, BreachLetter
from privacy.breach.telling.telling import Telling
from privacy.breach.telling.vocabulary import SourceKind
from privacy.breach.telling.wording import OwnWords
from privacy.crypto import keyring
from privacy.crypto.owner_keys import load_owner_key
from privacy.db import db, session, unit_of_work
from privacy.outbox.changes import change
from privacy.outbox.models import MessageState, OutboxMessage
from privacy.outbox.written import Written
from privacy.programme import service as programmes
from privacy.subjects import service as subjects

T = TypeVar("T")
WORDS = {
    "pl": OwnWords(
        happened="Ktoś skopiował bazę klientów sklepu.",
        consequences="Ktoś może próbować podszyć się pod Ciebie.",
        measures="Odcięliśmy dostęp i zmieniliśmy klucze.",
    ),
    "en": OwnWords(
        happened="Somebody copied the customers of our shop.",
        consequences="Somebody may try to pass for you.",
        measures="We cut the access off and changed the keys.",
    ),
    "hr": OwnWords(
        happened="Netko je kopirao kupce naše trgovine.",
        consequences="Netko se može predstavljati kao Vi.",
        measures="Prekinuli smo pristup i promijenili ključeve.",
    ),
}
FACTS: Mapping[str, Any] = {
    "data": {"kinds": ["names", "email", "pesel", "credentials"]},
    "effects": {"impacts": ["identity_theft"]},
}


def do(change_: Callable[[], T]) -> T:
    """A change in a unit of work of its own."""
    with unit_of_work():
        return change_()


def a_breach(*, rehearsal: bool = False, known: Mapping[str, Any] = FACTS, aware: bool = True) -> UUID:
    """A breach of which the controller is aware."""

    def open_() -> UUID:
        row = handling.open_breach(Report(facts=known, rehearsal=rehearsal), actor=OPERATOR)
        if aware:
            handling.become_aware(row.id, actor=OPERATOR, reason="the copies were found")
        return row.id

    return do(open_)


def a_person(held: int = 100, **given: str) -> UUID:
    """Somebody whom our records know."""
    programme = programmes.current()
    naming = subjects.name_of(programme, OPERATOR, given)
    since = clock.micros() - held * clock.DAY
    with unit_of_work():
        return subjects.put_subject(naming, actor=OPERATOR, programme=programme, source="crm", held_from=since)[0]


def listed(breach_id: UUID, people: Iterable[Mapping[str, str] | None]) -> list[affected.Rejected]:
    """These are affected, by a list."""
    lines = [Line(number, given) for number, given in enumerate(people, 1)]
    source = do(lambda: affected.open_source(breach_id, SourceKind.LIST, actor=OPERATOR)).id
    rejected = do(lambda: affected.add_lines(source, lines, actor=OPERATOR))
    do(lambda: affected.end_source(source, actor=OPERATOR))
    return rejected


def agreed(breach_id: UUID, **more: Any) -> int:
    """A communication that was agreed to; its number."""
    number = do(lambda: communications.prepare(breach_id, WORDS, actor=OPERATOR, **more)).number
    do(lambda: communications.approve(breach_id, number, actor=OPERATOR))
    return number


def work() -> int:
    """What a worker does."""
    return Telling().run(contextlib.nullcontext, threading.Event())


def states(breach_id: UUID) -> list[tuple[str, str | None, str | None]]:
    """State, way and why of each letter, in the order of the affected."""
    db.session.rollback()
    query = (
        sa.select(BreachLetter.state, BreachLetter.way, BreachLetter.why)
        .join(BreachAffected, BreachAffected.id == BreachLetter.affected_id)
        .join(BreachCommunication, BreachCommunication.id == BreachLetter.communication_id)
        .where(BreachAffected.breach_id == breach_id)
        .order_by(BreachCommunication.number, BreachAffected.number)
    )
    return [(one.state, one.way, one.why) for one in session().execute(query)]


def mails() -> list[tuple[str, str, Written]]:
    """Kind, address and text of every message in the outbox, in their order."""
    db.session.rollback()
    found = []
    for row in session().scalars(sa.select(OutboxMessage).order_by(OutboxMessage.id)):
        key = load_owner_key(session(), keyring.installed(), row.owner_id, row.key_version)
        written = msgspec.json.decode(key.open("outbox_message", "body_enc", row.id, row.body_enc), type=Written)
        found.append((row.kind, key.open("outbox_message", "to_enc", row.id, row.to_enc).decode(), written))
    return found


def came_out(state: MessageState, kind: str = "email", failure: str | None = None) -> None:
    """Every message of that kind that waits came out like this."""

    def settle() -> None:
        waiting = sa.select(OutboxMessage).where(OutboxMessage.state == "pending", OutboxMessage.kind == kind)
        for row in session().scalars(waiting).all():
            change(row, state, actor=SERVICE, failure=failure)

    do(settle)


def breach_now(breach_id: UUID) -> PersonalDataBreach:
    """The breach as it is by now."""
    db.session.rollback()
    return register.read(breach_id)
