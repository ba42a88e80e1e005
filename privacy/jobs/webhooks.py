"""Alarms by webhook, signed as Standard Webhooks 1.0.0 says; sent outside any transaction, and again until it is there.

The address is checked as those of other systems are: a name that leads into a private network is refused unless the
settings name that network. Nobody is followed elsewhere.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

import msgspec
import sqlalchemy as sa

from privacy import clock
from privacy.db import end_read, session, unit_of_work
from privacy.errors import InvalidInput
from privacy.jobs.listing import Context
from privacy.jobs.models import Alarm, AlarmCall
from privacy.systems.service import Network, SystemRefused, SystemUnreachable, Wire

_SETTING = "PRIVACY_ALARM_WEBHOOK_SECRET_FILE"
_PREFIX = "whsec_"
_SECRET_BYTES = range(24, 65)
_TIMEOUT = 20.0
_LONGEST_ANSWER = 64 * 1024
#: Seconds until the next attempt, after each that failed; after the last there is none.
_WAITS = (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
_GONE = 410
_log = logging.getLogger("privacy.jobs")


class AlarmSettingsInvalid(InvalidInput):
    """The settings of alarms cannot be used."""

    code = "alarm-settings-invalid"


@dataclass(frozen=True)
class Webhook:
    """Where alarms are sent to, and what signs them."""

    url: str
    secret: bytes = field(repr=False)
    networks: tuple[Network, ...] = ()

    @classmethod
    def of(cls, url: str, secret_file: str, networks: Sequence[Network] = ()) -> Webhook | None:
        """The webhook of the settings, if there is one; raises `AlarmSettingsInvalid`."""
        if not url:
            return None
        try:
            text = Path(secret_file).read_text(encoding="ascii").strip()
            secret = base64.b64decode(text.removeprefix(_PREFIX), validate=True)
        except (OSError, ValueError, binascii.Error):
            secret = b""
        if len(secret) not in _SECRET_BYTES:
            raise AlarmSettingsInvalid.of(_SETTING, f"The file holds {_PREFIX} and 24 to 64 random bytes in base64.")
        return cls(url, secret, tuple(networks))


def signature(secret: bytes, message_id: str, timestamp: int, body: bytes) -> str:
    """What the header `webhook-signature` says."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(secret, signed, hashlib.sha256)).decode()


@dataclass(frozen=True)
class _Call:
    """One call that is due."""

    id: UUID
    body: bytes = field(repr=False)
    attempts: int


class Calling:
    """Sends what is due; one for a process and thread."""

    def __init__(self, webhook: Webhook) -> None:
        self._webhook = webhook

    def run(self, context: Context, stop: threading.Event) -> int:
        """Send every call that is due; returns how many arrived."""
        arrived = 0
        with context():
            while not stop.is_set() and (call := _next()) is not None:
                failure, is_over = self._send(call)
                with unit_of_work():
                    _end(call, failure, is_over=is_over)
                arrived += failure is None
        return arrived

    def _send(self, call: _Call) -> tuple[str | None, bool]:
        """Why the attempt failed, if it did, and whether it was the last."""
        url = urlsplit(self._webhook.url)
        now = clock.micros() // clock.SECOND
        headers = {
            "Content-Type": "application/json",
            "webhook-id": str(call.id),
            "webhook-timestamp": str(now),
            "webhook-signature": signature(self._webhook.secret, str(call.id), now, call.body),
        }
        target = (url.path or "/") + (f"?{url.query}" if url.query else "")
        try:
            wire = Wire(
                f"{url.scheme}://{url.netloc}",
                allowed=self._webhook.networks,
                timeout=_TIMEOUT,
                most_bytes=_LONGEST_ANSWER,
            )
            answer = wire.send("POST", target, headers=headers, body=call.body)
        except (SystemUnreachable, SystemRefused) as error:
            return error.code, False
        if answer.is_success:
            return None, True
        return f"http-{answer.status}", answer.status == _GONE


def _next() -> _Call | None:
    """The call that is due first, taken so that nobody else makes it in this attempt."""
    now = clock.micros()
    query = sa.select(AlarmCall.id).where(AlarmCall.done_at.is_(None), AlarmCall.next_at <= now)
    due = session().scalar(query.order_by(AlarmCall.next_at).limit(1))
    end_read()
    if due is None:
        return None
    with unit_of_work() as current:
        row = current.get(AlarmCall, due, with_for_update=True, populate_existing=True)
        if row is None or row.done_at is not None or row.next_at > now:
            return None
        body = _body(current.get_one(Alarm, row.alarm_id), row)
        # What is not heard of again is made again: the id stays, so whoever has had it knows it.
        row.next_at = now + _wait_after(row.id, row.attempts)
        row.attempts += 1
        return _Call(row.id, body, row.attempts)


def _body(alarm: Alarm, row: AlarmCall) -> bytes:
    return msgspec.json.encode(
        {
            "type": f"alarm.{row.event}",
            "timestamp": clock.isoformat(row.at),
            "data": {
                "id": str(alarm.id),
                "code": alarm.code,
                "about": alarm.about,
                "raised_at": clock.isoformat(alarm.raised_at),
            },
        }
    )


def _wait_after(call_id: UUID, attempts: int) -> int:
    """Until the next attempt, in microseconds; spread by up to a tenth, the same for each call."""
    seconds = _WAITS[min(attempts, len(_WAITS) - 1)]
    return int(seconds * clock.SECOND * (1 + call_id.int % 100 / 1_000))


def _end(call: _Call, failure: str | None, *, is_over: bool) -> None:
    row = session().get(AlarmCall, call.id, with_for_update=True, populate_existing=True)
    if row is None:
        return
    row.failure = failure
    if is_over or call.attempts > len(_WAITS):
        row.done_at = clock.micros()
        if failure is not None:
            _log.warning("alarm webhook given up", extra={"call": str(call.id), "failure": failure})
