"""The check as bytes in, bytes out: what the Flask view and the short way below Flask both call."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import msgspec

from privacy.access import service as access
from privacy.audit import service as audit
from privacy.authz.actors import Actor
from privacy.consent import service, signed_decisions, translation
from privacy.consent.asking.counting import AskedCounter
from privacy.consent.schemas import CheckBody
from privacy.db import DRIVER_ERRORS, Driver, Readers, Statement
from privacy.errors import InvalidInput, PrivacyError, Unavailable
from privacy.http.failures import UnsupportedMediaType
from privacy.http.reading import decode
from privacy.programme import service as programmes
from privacy.programme.types import Programme
from privacy.subjects import service as subjects

_JSON = "application/json"
_HEADERS = [("Content-Type", _JSON)]

#: Keys whose last check is remembered; then it begins anew.
_MOST_GUESSES = 1024

Answer = tuple[int, list[tuple[str, str]], bytes]
Rows = Sequence[Sequence[tuple[Any, ...]]]


class UndecidedCheck(Unavailable):
    """The check cannot be decided now; it is not a no, and nothing may be stored from it."""

    code = "check-unavailable"


def undecided(error: Unavailable) -> UndecidedCheck:
    """What a check says where anything it needs, authentication included, is unavailable."""
    if isinstance(error, UndecidedCheck):
        return error
    return UndecidedCheck(error.detail, allowed=False, reason="unavailable")


@dataclass(frozen=True)
class _Foreseen:
    """A check as it was asked, and as it is if nothing has changed."""

    body: CheckBody
    check: service.Check
    #: By which its indexes were made; it may not have ended while the rows were read.
    placing: subjects.Placing


class CheckEndpoint:
    """Answers checks on driver connections of its own, one for each thread."""

    def __init__(
        self,
        readers: Readers,
        app_context: Callable[[], AbstractContextManager[object]],
        *,
        signer: audit.Signer,
        asked: AskedCounter,
    ) -> None:
        self._readers = readers
        self._app_context = app_context
        self._signer = signer
        self._asked = asked
        self._programmes: dict[int, Programme] = {}
        #: Actor and programme of each key's last check, by the key's digest.
        self._guesses: dict[bytes | None, tuple[Actor, Programme]] = {}

    def answer(self, data: bytes, actor: Actor, *, mimetype: str) -> Answer:
        """Status, headers and body for a check; raises `PrivacyError`, `UndecidedCheck` where nothing can be said."""
        if mimetype != _JSON:
            raise UnsupportedMediaType(f"Send {_JSON}.")
        body = decode(data, CheckBody)
        try:
            return 200, _HEADERS, self._decide(body, actor)
        except DRIVER_ERRORS as error:
            self._readers.drop()
            raise UndecidedCheck(allowed=False, reason="unavailable") from error
        except Unavailable as error:
            raise undecided(error) from error

    def answer_key(
        self,
        data: bytes,
        key: str,
        *,
        mimetype: str,
        authenticate: Callable[[str], Actor],
        admit: Callable[[Actor], None],
    ) -> Answer:
        """The same for whoever has this key, whom `admit` counts and lets in: all in one read of the database.

        Who had the key and which programme was in force at its last check are a guess, which only shapes the question.
        The same read says what they are now; where that differs, everything is asked anew.
        """
        key_sha256 = access.digest(key)
        foreseen = self._foresee(data, key_sha256, mimetype)
        if foreseen is None:
            actor = authenticate(key)
            admit(actor)
        else:
            rows = self._read(key_sha256, foreseen.check)
            actor = access.actor_of(rows[0])
            admit(actor)
            if actor == foreseen.check.actor and rows[1][0][0] == foreseen.check.programme.number:
                content = self._conclude(foreseen, rows[2:])
                if content is not None:
                    return 200, _HEADERS, content
        answer = self.answer(data, actor, mimetype=mimetype)
        self._remember(key_sha256, actor)
        return answer

    def _foresee(self, data: bytes, key_sha256: bytes | None, mimetype: str) -> _Foreseen | None:
        """The check if nothing has changed since the key's last; None where that is unknown, or it asks for the past.

        Whatever is wrong with the request is said the long way, after authentication.
        """
        guess, placing = self._guesses.get(key_sha256), subjects.at_rest()
        if guess is None or placing is None or mimetype != _JSON:
            return None
        actor, programme = guess
        try:
            body = decode(data, CheckBody)
            asked = translation.check_in(body, actor=actor, programme=programme)
            if asked.at is not None:
                return None
            with subjects.bound(placing):
                return _Foreseen(body, service.Check(asked, actor=actor, programme=programme), placing)
        except PrivacyError:
            return None

    def _read(self, key_sha256: bytes | None, foreseen: service.Check) -> Rows:
        who = (access.AUTHENTICATE, {"key_sha256": key_sha256})
        try:
            return self._readers.get().rows_of([who, (_LATEST, {}), *foreseen.questions])
        except DRIVER_ERRORS as error:
            self._readers.drop()
            raise UndecidedCheck(allowed=False, reason="unavailable") from error

    def _conclude(self, foreseen: _Foreseen, rows: Rows) -> bytes | None:
        """The answer; None where the indexes that were asked for may have moved by now."""
        driver, check = self._readers.get(), foreseen.check
        try:
            out = check.conclude(rows, driver)
            if subjects.at_rest() != foreseen.placing:
                return None
            return self._content(out, foreseen.body, check.actor, driver)
        except DRIVER_ERRORS as error:
            self._readers.drop()
            raise UndecidedCheck(allowed=False, reason="unavailable") from error

    def _remember(self, key_sha256: bytes | None, actor: Actor) -> None:
        if len(self._guesses) >= _MOST_GUESSES:
            self._guesses.clear()
        self._guesses[key_sha256] = (actor, self._programmes[max(self._programmes)])

    def _decide(self, body: CheckBody, actor: Actor) -> bytes:
        driver = self._readers.get()
        programme = self._programme(driver)
        asked = translation.check_in(body, actor=actor, programme=programme)
        if asked.at is None:
            out = service.check(asked, actor=actor, programme=programme, driver=driver)
            return self._content(out, body, actor, driver)
        with self._app_context():
            past = programmes.as_of(asked.at)
            if past is None:
                raise InvalidInput.of("at", "Nothing was processed yet: no programme was in force then.")
            asked = translation.check_in(body, actor=actor, programme=past)
            out = service.check(asked, actor=actor, programme=past, driver=driver)
            return self._content(out, body, actor, driver)

    def _content(self, out: service.CheckOut, body: CheckBody, actor: Actor, driver: Driver) -> bytes:
        answered = service.answer(out, actor, driver)
        if body.receipt:
            answered["receipt"] = signed_decisions.receipt(self._signer, out, body.subject, actor=actor, driver=driver)
        if body.contact_preferences and not actor.partner:
            answered["contact_preferences"] = _wishes(out, driver, self._programme(driver))
        self._asked.count(out, actor)
        return msgspec.json.encode(answered)

    def _programme(self, driver: Driver) -> Programme:
        """The programme in force: its number is asked each time, its content read once."""
        number = driver.rows(_LATEST, {})[0][0]
        if number is None:
            raise Unavailable("No programme has been applied yet.")
        if number not in self._programmes:
            with self._app_context():
                self._programmes[number] = programmes.by_number(number)
        return self._programmes[number]


def _wishes(out: service.CheckOut, driver: Driver, programme: Programme) -> dict[str, Any] | None:
    """What the person wishes beside the decision, which stands already. Of one whom nobody may write to: nothing.

    Where several people have the contact, one person's wishes are not told to whoever asked about it.
    """
    if not out.decision.allowed or len(out.about) != 1:
        return None
    found = subjects.contact_preferences(out.about[0], programme=programme, driver=driver)
    return {"channel": found.channel, "topics": found.topics, "frequency": found.frequency}


_LATEST = Statement(programmes.LATEST)
