"""What the tests of sending share: a message in the outbox, a worker's run, and what became of it."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from privacy import clock
from privacy.audit import service as audit
from privacy.authz.actors import Realm
from privacy.crypto import keyring
from privacy.crypto.owner_keys import create_owner_key
from privacy.db import new_id, session, unit_of_work
from privacy.outbox import service as outbox
from privacy.outbox.models import OutboxMessage
from privacy.outbox.service import Letterhead, Message, MessageKind, Sending, Ways
from privacy.outbox.transport import Transport

VALUES = {
    "CODE": "493817",
    "PURPOSE": "Newsletter sklepu",
    "CONTROLLER": "Sklep Przykładowy sp. z o.o.",
    "VALID_UNTIL": "22.11.2026, 20:40",
}
HEAD = Letterhead(("Sklep", "ul. Wierzbowa 14, 61-001 Poznań"), "2026/000001", "21 listopada 2026 r.")
LINES = ("Anna Nowak", "ul. Polna 3", "60-001 Poznań")
SENDER = "Sklep Żółw <rodo@sklep.example>"
#: Sends once and is not asked to stop.
GO_ON = threading.Event()


def put(to: str = "anna.nowak@example.com", *, kind: MessageKind = MessageKind.EMAIL, lasts: int = clock.DAY) -> UUID:
    """A message in the outbox, of an owner of its own."""
    with unit_of_work() as current:
        key = create_owner_key(current, keyring.installed(), new_id())
        current.flush()
        message_id = outbox.enqueue(
            Message("double_opt_in", "pl", VALUES),
            key=key,
            to=to,
            cause=new_id(),
            not_after=clock.micros() + lasts,
            realm=Realm.LIVE,
            kind=kind,
        )
    assert message_id is not None
    return message_id


def paper(*, lasts: int = clock.DAY, to: tuple[str, ...] = LINES) -> UUID:
    """A letter to be posted, of an owner of its own."""
    with unit_of_work() as current:
        key = create_owner_key(current, keyring.installed(), new_id())
        current.flush()
        made = outbox.enqueue_post(
            Message("double_opt_in", "pl", VALUES),
            key=key,
            to=to,
            head=HEAD,
            cause=new_id(),
            not_after=clock.micros() + lasts,
            realm=Realm.LIVE,
        )
    assert made is not None
    return made


@contextlib.contextmanager
def here() -> Iterator[None]:
    """The context that is open already."""
    yield


def send(*transports: Transport) -> int:
    """One run of a worker."""
    outbox.put_right(here)
    return Sending(transports).run(here, GO_ON)


def mailer(url: str, ca_file: Any, sender: str = SENDER) -> Transport:
    [transport] = Ways.of(smtp_url=url, smtp_ca_file=str(ca_file), mail_from=sender).transports()
    return transport


def state_of(message_id: UUID) -> tuple[str, str | None]:
    """State and failure."""
    seen = outbox.view(message_id)
    return seen.state.value, seen.failure


def actions() -> list[str]:
    """What the log says of messages."""
    return [action for action in audit.actions_since(session(), None) if action.startswith("message.")]


def later(message_id: UUID) -> None:
    """As if the pause before the next attempt, and whoever's lease, were over."""
    with unit_of_work() as current:
        over = {"next_at": 0, "lease_until": sa.case((OutboxMessage.lease_until.is_(None), None), else_=0)}
        current.execute(sa.update(OutboxMessage).where(OutboxMessage.id == message_id).values(over))
