"""Tell the clients of protocols when the status of their requests has changed, after the commit and outside of it.

Callbacks say a status and nothing of the person. They go to public addresses over TLS only, and are tried for some
days: whoever missed them asks.
"""

from __future__ import annotations

import json
import logging
import socket
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import msgspec
import sqlalchemy as sa

from privacy import clock
from privacy.db import session, unit_of_work
from privacy.dsar import cases
from privacy.dsar.protocols import drp, incoming, opendsr
from privacy.dsar.protocols.incoming import Protocol
from privacy.dsar.protocols.models import RequestProtocol
from privacy.dsar.protocols.opendsr import OpenDsrIdentity
from privacy.dsar.vocabulary import State
from privacy.errors import VerificationError
from privacy.systems.addresses import Network, Resolve
from privacy.systems.connector import SystemFailure
from privacy.systems.http_wire import Wire, ensure_success
from privacy.systems.opendsr_signature import DOMAIN_HEADER, SIGNATURE_HEADER

Context = Callable[[], AbstractContextManager[Any]]

_AT_ONCE = 20
#: Between two looks at a request whose status has not changed.
_LOOK_EVERY = 60 * clock.SECOND
#: One that has ended may be reopened.
_LOOK_AT_ENDED = clock.DAY
#: A worker that died with what it had begun leaves it to others after this.
_LEASE = 300 * clock.SECOND
#: 1, 2, 4 ... minutes up to 12 hours; about a week in all.
_FIRST_REST, _LONGEST_REST = 60 * clock.SECOND, 43_200 * clock.SECOND
_MOST_ATTEMPTS = 24
_TIMEOUT_SECONDS = 15.0
_LONGEST_ANSWER = 65_536

_log = logging.getLogger("privacy.dsar.callbacks")


@dataclass(frozen=True)
class _Message:
    """What one request's client is told."""

    request_id: UUID
    status: str
    urls: Sequence[str] = field(repr=False)
    #: The body for each address.
    bodies: Sequence[bytes] = field(repr=False)
    headers: Sequence[dict[str, str]] = field(repr=False)


class Telling:
    """The long job that tells."""

    def __init__(
        self,
        identity: OpenDsrIdentity | None,
        *,
        allowed: Iterable[Network] = (),
        resolve: Resolve = socket.getaddrinfo,
    ) -> None:
        """`allowed`: networks that are reached though they are not public."""
        self._identity, self._allowed, self._resolve = identity, tuple(allowed), resolve

    def run(self, context: Context, stop: threading.Event) -> int:
        """Tell what there is to tell; returns how many were told."""
        told = 0
        for _ in range(_AT_ONCE):
            if stop.is_set():
                break
            with context(), unit_of_work():
                message = self._claimed()
            if message is None:
                break
            done = self._sent(message)
            told += done
            with context(), unit_of_work():
                _note(message, done=done)
        return told

    def _claimed(self) -> _Message | None:
        """The next message, alone: each has the whole lease, however long those before it were kept waiting."""
        now = clock.micros()
        query = sa.select(RequestProtocol).where(RequestProtocol.next_at <= now).order_by(RequestProtocol.next_at)
        for known in session().scalars(query.limit(_AT_ONCE).with_for_update(skip_locked=True)):
            try:
                message = self._message(known)
            except VerificationError as error:  # Nobody can read it: that keeps no other from being told.
                _put_off(known, now)
                _log.error("a status cannot be told", extra={"request_id": str(known.request_id), "fault": error.code})
                continue
            if message is not None:
                known.next_at = now + _LEASE
                return message
            ended = State(cases.read(known.request_id).state).ended
            known.next_at = now + (_LOOK_AT_ENDED if ended else _LOOK_EVERY)
        return None

    def _message(self, known: RequestProtocol) -> _Message | None:
        """What is new since it was told; None for nothing."""
        row = cases.read(known.request_id)
        urls = incoming.callbacks_of(known)
        if known.protocol == Protocol.DRP:
            content = drp.status_of(row)
            if content.status == known.told:
                return None
            body = msgspec.json.encode(content)
            return _Message(row.id, content.status, urls, [body] * len(urls), [{}] * len(urls))
        status = opendsr.status_of(row, str(known.client_id), known.their_id)
        if self._identity is None or status.request_status == known.told:
            return None
        bodies = [json.dumps({**msgspec.to_builtins(status), "status_callback_url": url}).encode() for url in urls]
        domain = self._identity.domain
        headers = [{DOMAIN_HEADER: domain, SIGNATURE_HEADER: self._identity.sign(body)} for body in bodies]
        return _Message(row.id, status.request_status, urls, bodies, headers)

    def _sent(self, message: _Message) -> bool:
        done = True
        for url, body, headers in zip(message.urls, message.bodies, message.headers, strict=True):
            try:
                self._send(url, body, headers)
            except SystemFailure as error:
                told = {"request_id": str(message.request_id), "fault": error.code}
                _log.warning("a status was not told", extra=told)
                done = False
        return done

    def _send(self, url: str, body: bytes, headers: dict[str, str]) -> None:
        parts = urlsplit(url)
        wire = Wire(
            f"{parts.scheme}://{parts.netloc}",
            allowed=self._allowed,
            timeout=_TIMEOUT_SECONDS,
            most_bytes=_LONGEST_ANSWER,
            resolve=self._resolve,
        )
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        ensure_success(wire.send("POST", target, headers={"Content-Type": "application/json", **headers}, body=body))


def _note(message: _Message, *, done: bool) -> None:
    query = sa.select(RequestProtocol).where(RequestProtocol.request_id == message.request_id).with_for_update()
    known = session().scalar(query.execution_options(populate_existing=True))
    if known is None:
        return
    now = clock.micros()
    if done:
        known.told, known.attempts, known.next_at = message.status, 0, now + _LOOK_EVERY
        return
    _put_off(known, now)


def _put_off(known: RequestProtocol, now: int) -> None:
    known.attempts += 1
    rest = min(_FIRST_REST << min(known.attempts - 1, 20), _LONGEST_REST)
    known.next_at = None if known.attempts >= _MOST_ATTEMPTS else now + rest
