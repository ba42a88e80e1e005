"""The canary: a made-up person who consents, may be contacted, withdraws, and may not be contacted any more.

It goes the way that every caller's request goes, from the bytes of the body to those of the answer, through the same
keys, indexes and log, in the test realm; but for the key of a client. All of it is one unit of work that is taken
back, so that however often it sings neither the database nor the log, which nobody can shorten, grows, and nobody
counts it. That what is committed also arrives is what the watch asks of the log, the journal and the sink.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from privacy import clock
from privacy.authz.actors import SERVICE_ID, Actor, ActorKind, Realm
from privacy.authz.permissions import Permission
from privacy.consent import inside
from privacy.consent.service import ActKind
from privacy.db import savepoint, unit_of_work
from privacy.errors import InvalidInput, Unavailable
from privacy.legal_time import days
from privacy.programme import service as programmes
from privacy.programme.types import ContactKind, LegalBasis, Programme, Purpose
from privacy.subjects.types import AgeClass

#: How often it sings, in microseconds; while it finds a link broken, each time that it is asked.
EVERY = 5 * clock.MINUTE
_ADDRESS = "privacy-canary@example.com"
_SOURCE = {"system": "canary", "point": "canary", "method": "web_form"}
_ACTOR = Actor(ActorKind.SERVICE, SERVICE_ID, "canary", frozenset(Permission), realm=Realm.TEST)
_log = logging.getLogger("privacy.jobs")


class _TakenBack(Exception):
    """Ends the unit of work."""


@dataclass(frozen=True)
class _Song:
    """What the canary consents to."""

    purpose: Purpose
    channel: str
    wording: str


class Canary:
    """Sings now and then; one for a process and thread."""

    def __init__(self) -> None:
        self._sang_at: int | None = None
        self._broken: Collection[str] = ()

    def broken(self, now: int) -> Collection[str]:
        """Which link is broken, if one is: grant, check-yes, withdraw, check-no."""
        if self._broken or self._sang_at is None or not 0 <= now - self._sang_at < EVERY:
            self._broken = sing()
            self._sang_at = now
        return self._broken


def sing() -> Collection[str]:
    """Go from yes to no, in a unit of work that is taken back; the link that is broken, if one is.

    Without a programme, or without a purpose that needs nothing but a consent, there is nothing to sing. Raises
    `Unavailable`.
    """
    links: list[str] = []
    try:
        programme = programmes.current()
        with unit_of_work():
            _sing(programme, links)
            links.clear()
            raise _TakenBack
    except (_TakenBack, programmes.NoProgramme):
        return links
    except Unavailable:
        raise
    except Exception:
        _log.exception("the canary fell silent", extra={"link": links[-1]})
        return links[-1:]


def _sing(programme: Programme, links: list[str]) -> None:
    """Each link in turn; raises where one is broken, and the last in `links` is that one."""
    links.append("grant")
    song = _granted(programme)
    if song is None:
        return
    links.append("check-yes")
    _ensure(song, allowed=True)
    links.append("withdraw")
    _record(song, ActKind.WITHDRAW)
    links.append("check-no")
    _ensure(song, allowed=False)


def _granted(programme: Programme) -> _Song | None:
    """The first consent that this programme takes; None where it has none that a form alone can give."""
    failure: InvalidInput | None = None
    for song in _songs(programme):
        try:
            with savepoint():
                _record(song, ActKind.GIVE)
        except InvalidInput as error:  # A wording for other purposes, for one.
            failure = error
        else:
            return song
    if failure is not None:
        raise failure
    return None


def _songs(programme: Programme) -> Iterator[_Song]:
    today = days.day_of(clock.micros(), programme.zone)
    wordings = sorted({code for code, _ in programme.wordings})
    in_force = [code for code in wordings if programme.wording_in_force(code, today) is not None]
    for purpose in programme.purposes.values():
        if purpose.legal_basis is not LegalBasis.CONSENT or purpose.double_opt_in:
            continue
        for channel in sorted(purpose.channels):
            if programme.channel(channel).contact_kind is ContactKind.EMAIL:
                yield from (_Song(purpose, channel, wording) for wording in in_force)


def _record(song: _Song, act: ActKind) -> None:
    given: dict[str, Any] = {**_asked(song), "act": act.value, "channels": [song.channel], "source": _SOURCE}
    del given["channel"]
    if act is ActKind.GIVE:
        given["wording"] = {"code": song.wording}
        given["explicit"] = song.purpose.explicit
        given["age_class"] = AgeClass.ADULT.value
    inside.record(msgspec.json.encode(given), actor=_ACTOR)


def _ensure(song: _Song, *, allowed: bool) -> None:
    answer = msgspec.json.decode(inside.check(msgspec.json.encode(_asked(song)), actor=_ACTOR))
    if answer["allowed"] is not allowed:
        raise CanaryBroken(answer["reason"])


def _asked(song: _Song) -> dict[str, Any]:
    return {
        "subject": {ContactKind.EMAIL.value: _ADDRESS},
        "purpose": song.purpose.code,
        "channel": song.channel,
    }


class CanaryBroken(Exception):
    """The answer is not what the acts before it make it."""
