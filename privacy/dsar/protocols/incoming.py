"""Requests that come by a protocol between machines, OpenDSR or the Data Rights Protocol.

They begin unproven like any other: the signature of an agent or of another controller says who sends, not whose data
are meant. Nothing but the status goes back that way; what the person is answered goes to the person.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit
from uuid import UUID

import msgspec
import sqlalchemy as sa

from privacy import clock
from privacy.authz.actors import Actor
from privacy.db import session
from privacy.dsar import cases, deciding, intake
from privacy.dsar.failures import RequestNotFound
from privacy.dsar.intake import Received
from privacy.dsar.models import DataSubjectRequest
from privacy.dsar.protocols.models import RequestProtocol
from privacy.dsar.vocabulary import Outcome, State
from privacy.errors import Conflict, InvalidInput, NotFound

_TABLE, _COLUMN = "request_protocol", "callbacks_enc"
_MOST_CALLBACKS = 5
_LONGEST_URL = 1_000


class Protocol(StrEnum):
    """How machines speak about requests."""

    OPENDSR = "opendsr"
    DRP = "drp"


class ProtocolNotOffered(NotFound):
    """The installation does not speak that protocol."""

    code = "protocol-not-offered"


class ProtocolSettingsInvalid(InvalidInput):
    """The settings of a protocol cannot be used."""

    code = "protocol-settings-invalid"


class AlreadyReceived(Conflict):
    """A request of that id came before."""

    code = "request-already-received"


class NotPending(Conflict):
    """The request is under way and cannot be taken back by this way any more."""

    code = "request-not-pending"


@dataclass(frozen=True)
class Words:
    """What a protocol calls where a request stands."""

    received: str
    identifying: str
    working: str
    answered: str
    refused: str
    withdrawn: str
    unidentified: str

    def of(self, row: DataSubjectRequest) -> str:
        """The status of a request; of one that was joined to another, the other's."""
        while row.joined_to is not None:
            row = cases.read(row.joined_to)
        ended: Mapping[State, str] = {
            State.RECEIVED: self.received,
            State.IDENTIFYING: self.identifying,
            State.ANSWERED: self.refused if row.outcome == Outcome.REFUSED else self.answered,
            State.WITHDRAWN: self.withdrawn,
            State.UNIDENTIFIED: self.unidentified,
        }
        return ended.get(State(row.state), self.working)


def open_request(
    protocol: Protocol, their_id: str, given: Received, callbacks: Sequence[str], *, actor: Actor
) -> DataSubjectRequest:
    """Begin a request in the open unit of work. Raises `AlreadyReceived`, and what `intake.receive` raises."""
    if _found(protocol, their_id, actor) is not None:
        raise AlreadyReceived
    _check_callbacks(callbacks)
    row = intake.receive(given, actor=actor)
    key = cases.key_of(row)
    session().add(
        RequestProtocol(
            request_id=row.id,
            protocol=protocol.value,
            client_id=actor.id,
            their_id=their_id,
            told="",
            attempts=0,
            next_at=clock.micros() if callbacks else None,
            callbacks_enc=key.seal(_TABLE, _COLUMN, row.id, msgspec.json.encode(list(callbacks))),
            key_version=key.version,
        )
    )
    return row


def find(protocol: Protocol, their_id: str, *, actor: Actor) -> DataSubjectRequest:
    """The request that this client calls so; raises `RequestNotFound`."""
    known = _found(protocol, their_id, actor)
    if known is None:
        raise RequestNotFound
    return cases.read(known.request_id)


def find_by_id(protocol: Protocol, request_id: UUID, *, actor: Actor) -> DataSubjectRequest:
    """The request of that id, if it came by this protocol and from this client; raises `RequestNotFound`."""
    known = session().get(RequestProtocol, request_id)
    if known is None or (known.protocol, known.client_id) != (protocol.value, actor.id):
        raise RequestNotFound
    return cases.read(request_id)


def cancel(row: DataSubjectRequest, *, actor: Actor) -> DataSubjectRequest:
    """Take a request back that nobody has begun to look at, in the open unit of work. Raises `NotPending`."""
    locked = cases.lock(row.id)
    if State(locked.state) not in {State.RECEIVED, State.IDENTIFYING, State.CLARIFYING}:
        raise NotPending
    return deciding.withdraw(row.id, cases.role_of(actor), actor=actor)


def callbacks_of(known: RequestProtocol) -> list[str]:
    """The addresses that want to be told of a status."""
    key = cases.key_of(cases.read(known.request_id))
    opened = key.open(_TABLE, _COLUMN, known.request_id, known.callbacks_enc)
    return msgspec.json.decode(opened, type=list[str])


def _found(protocol: Protocol, their_id: str, actor: Actor) -> RequestProtocol | None:
    query = sa.select(RequestProtocol).where(
        RequestProtocol.protocol == protocol.value,
        RequestProtocol.client_id == actor.id,
        RequestProtocol.their_id == their_id,
    )
    return session().scalar(query)


def _check_callbacks(callbacks: Sequence[str]) -> None:
    if len(callbacks) > _MOST_CALLBACKS:
        raise InvalidInput.of("status_callback_urls", f"At most {_MOST_CALLBACKS} addresses are told.")
    for url in callbacks:
        try:
            parts = urlsplit(url)
            fits = parts.scheme == "https" and bool(parts.hostname) and parts.port != 0 and parts.username is None
        except ValueError:
            fits = False
        if not fits or len(url) > _LONGEST_URL or not url.isascii() or not url.isprintable() or " " in url:
            raise InvalidInput.of("status_callback_urls", "An address to tell starts with https:// and holds no name.")
