"""One purpose and channel for many people at once: the answers in their order, as of one moment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from privacy import clock
from privacy.audit import service as audit
from privacy.authz.actors import Actor
from privacy.consent import signed_decisions
from privacy.consent.answering import UndecidedCheck
from privacy.consent.asked import CheckIn, ListIn
from privacy.consent.asking.counting import AskedCounter
from privacy.consent.checking import NOBODY, token_for
from privacy.consent.checking_many import Answered, answer_many
from privacy.consent.signed_decisions import LIST_VALID_FOR
from privacy.db import DRIVER_ERRORS, Driver, session
from privacy.errors import InvalidInput
from privacy.programme.types import Programme
from privacy.subjects import service as subjects
from privacy.subjects.service import Naming

#: People of one read: bounds the memory, and the time for which a reader on SQLite keeps writers waiting.
_AT_ONCE = 100
#: Wrong rows that one problem names.
_MOST_ERRORS = 100


class ListAnswerer:
    """Answers lists, signs them and counts who was asked about."""

    def __init__(self, signer: audit.Signer, asked: AskedCounter) -> None:
        self._signer = signer
        self._asked = asked

    def answer(self, wanted: ListIn, *, actor: Actor, programme: Programme) -> dict[str, Any]:
        """The answer as JSON. A partner learns yes or no and nothing else.

        Everything that was committed before `as_of` is in every row; what was committed since may be in some. Raises
        `InvalidInput` that names the rows which name nobody properly, and `UndecidedCheck`: nothing is answered then.
        """
        try:
            return self._answer(wanted, actor, programme)
        except (sa.exc.OperationalError, sa.exc.TimeoutError, *DRIVER_ERRORS) as error:
            raise UndecidedCheck(allowed=False, reason="unavailable") from error

    def _answer(self, wanted: ListIn, actor: Actor, programme: Programme) -> dict[str, Any]:
        as_of = clock.micros()
        answered = list(_rows(wanted, as_of, actor, programme))
        results = [_result(one, actor) for one in answered]
        body: dict[str, Any] = {"as_of": clock.moment(as_of), "expires_at": clock.moment(as_of + LIST_VALID_FOR)}
        if not actor.partner:
            # Of nobody in particular: what counts is the time, for whoever reads from a copy of the data.
            body["token"] = token_for(actor, NOBODY, 0, as_of)
            body["counts"] = dict(sorted(Counter(result["reason"] for result in results).items()))
        body["results"] = results
        if wanted.receipt:
            body["receipt"] = signed_decisions.list_receipt(
                self._signer,
                wanted.subjects,
                results,
                purpose=wanted.purpose,
                channel=wanted.channel,
                as_of=as_of,
                actor=actor,
                driver=Driver.of(session()),
            )
        rows = [(one.about, one.allowed) for one in answered]
        self._asked.count_list(rows, actor=actor, purpose=wanted.purpose.code, channel=wanted.channel, at=as_of)
        return body


@dataclass(frozen=True, slots=True)
class _Row:
    """What is kept of a row's answer: a decision with all that led to it would be a hundred times as large."""

    allowed: bool
    reason: str
    about: tuple[Any, ...]


def _namings(wanted: ListIn, actor: Actor, programme: Programme) -> list[Naming]:
    """Whom the rows name. Finds every row that can't be read: the caller mends them all at once."""
    found: list[Naming] = []
    errors: dict[str, list[str]] = {}
    for number, named in enumerate(wanted.subjects):
        try:
            found.append(subjects.name_of(programme, actor, named, place=f"subjects[{number}]"))
        except InvalidInput as error:
            errors |= error.extensions["errors"]
            if len(errors) >= _MOST_ERRORS:
                break
    if errors:
        raise InvalidInput(errors=errors)
    return found


def _rows(wanted: ListIn, as_of: int, actor: Actor, programme: Programme) -> Iterator[_Row]:
    namings = _namings(wanted, actor, programme)
    for start in range(0, len(namings), _AT_ONCE):
        asked = [CheckIn(named, wanted.purpose, wanted.channel) for named in namings[start : start + _AT_ONCE]]
        found = [_row(one) for one in answer_many(asked, actor=actor, programme=programme, now=as_of)]
        session().close()  # On SQLite an open read would keep every writer out until the last row is answered.
        yield from found


def _row(one: Answered) -> _Row:
    return _Row(one.decision.allowed, one.decision.reason.value, one.about)


def _result(one: _Row, actor: Actor) -> dict[str, Any]:
    return {"allowed": one.allowed} if actor.partner else {"allowed": one.allowed, "reason": one.reason}
