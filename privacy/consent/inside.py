"""What callers do over HTTP, from the bytes of a body to those of the answer, in a unit of work that is open.

For a trial that is taken back: the check sees what is not committed, and nobody is counted as asked about.
"""

from __future__ import annotations

import contextlib

from privacy.audit import service as audit
from privacy.authz.actors import Actor
from privacy.consent import service, translation
from privacy.consent.answering import CheckEndpoint
from privacy.consent.asking.counting import AskedCounter
from privacy.consent.checking import CheckOut
from privacy.consent.schemas import RecordIn
from privacy.db import Driver, Readers, session
from privacy.http.reading import decode
from privacy.programme import service as programmes

_JSON = "application/json"


class _OwnReads(Readers):
    """Reads on the connection of the open unit of work."""

    def __init__(self) -> None:
        """There is nothing to open."""

    def get(self) -> Driver:
        return Driver.of(session())

    def drop(self) -> None:
        """The connection is the unit of work's."""


class _Uncounted(AskedCounter):
    """Counts nobody."""

    def __init__(self) -> None:
        super().__init__(contextlib.nullcontext)

    def count(self, out: CheckOut, actor: Actor) -> None:
        """Nobody is asked about in earnest."""


def record(body: bytes, *, actor: Actor) -> None:
    """As `POST /consents`; raises what that answers as a problem."""
    programme = programmes.current()
    given = translation.act_in(decode(body, RecordIn), actor=actor, programme=programme)
    translation.recorded_out(service.record(given, actor=actor, programme=programme), actor)


def check(body: bytes, *, actor: Actor) -> bytes:
    """As `POST /consents/check`, behind the authentication; raises what that answers as a problem."""
    endpoint = CheckEndpoint(_OwnReads(), contextlib.nullcontext, signer=audit.Signer(), asked=_Uncounted())
    _, _, content = endpoint.answer(body, actor, mimetype=_JSON)
    return content
