"""The check as bytes in, bytes out: what the Flask view and the short way below Flask both call."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import msgspec

from privacy.authz.actors import Actor
from privacy.consent import service, translation
from privacy.consent.schemas import CheckBody
from privacy.db import DRIVER_ERRORS, Driver, Readers, Statement
from privacy.errors import InvalidInput, Unavailable
from privacy.http.failures import UnsupportedMediaType
from privacy.http.reading import decode
from privacy.programme import service as programmes
from privacy.programme.types import Programme

_JSON = "application/json"
_HEADERS = [("Content-Type", _JSON)]

Answer = tuple[int, list[tuple[str, str]], bytes]


class UndecidedCheck(Unavailable):
    """The check cannot be decided now; it is not a no, and nothing may be stored from it."""

    code = "check-unavailable"


def undecided(error: Unavailable) -> UndecidedCheck:
    """What a check says where anything it needs, authentication included, is unavailable."""
    if isinstance(error, UndecidedCheck):
        return error
    return UndecidedCheck(error.detail, allowed=False, reason="unavailable")


class CheckEndpoint:
    """Answers checks on driver connections of its own, one for each thread."""

    def __init__(self, readers: Readers, app_context: Callable[[], AbstractContextManager[object]]) -> None:
        self._readers = readers
        self._app_context = app_context
        self._programmes: dict[int, Programme] = {}

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

    def _decide(self, body: CheckBody, actor: Actor) -> bytes:
        driver = self._readers.get()
        programme = self._programme(driver)
        asked = translation.check_in(body, actor=actor, programme=programme)
        if asked.at is None:
            out = service.check(asked, actor=actor, programme=programme, driver=driver)
            return msgspec.json.encode(service.answer(out, actor, driver))
        with self._app_context():
            past = programmes.as_of(asked.at)
            if past is None:
                raise InvalidInput.of("at", "Nothing was processed yet: no programme was in force then.")
            asked = translation.check_in(body, actor=actor, programme=past)
            out = service.check(asked, actor=actor, programme=past, driver=driver)
            return msgspec.json.encode(service.answer(out, actor, driver))

    def _programme(self, driver: Driver) -> Programme:
        """The programme in force: its number is asked each time, its content read once."""
        number = driver.rows(_LATEST, {})[0][0]
        if number is None:
            raise Unavailable("No programme has been applied yet.")
        if number not in self._programmes:
            with self._app_context():
                self._programmes[number] = programmes.by_number(number)
        return self._programmes[number]


_LATEST = Statement(programmes.LATEST)
