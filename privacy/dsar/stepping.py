"""Steps by the names that the API and the command line give them, for those that bring nothing but a reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol
from uuid import UUID

from privacy.authz.actors import Actor
from privacy.dsar import deciding, handling, timing
from privacy.dsar.failures import StepNotFound
from privacy.dsar.models import DataSubjectRequest
from privacy.dsar.vocabulary import Event


class _Change(Protocol):
    def __call__(
        self, request_id: UUID, /, *, actor: Actor, reason: str, version: int | None
    ) -> DataSubjectRequest: ...


#: Steps of the workflow that bring nothing but themselves.
_EVENTS: Mapping[str, Event] = {
    "ask-identity": Event.ASK_IDENTITY,
    "doubt-identity": Event.DOUBT_IDENTITY,
    "give-up-identity": Event.GIVE_UP_IDENTITY,
    "ask-clarification": Event.ASK_CLARIFICATION,
    "clarify": Event.CLARIFY,
    "execute-again": Event.EXECUTE_AGAIN,
    "finish-review": Event.FINISH_REVIEW,
    "reopen": Event.REOPEN,
}
_OTHERS: Mapping[str, _Change] = {
    "disapprove": deciding.disapprove,
    "extend": timing.extend,
    "suspend": timing.suspend,
    "resume": timing.resume,
    "note": handling.note,
    "tell-of-lifting": handling.tell_of_lifting,
    "lift-restriction": handling.lift_restriction,
}
#: Every one, as help lists them.
STEPS = (*_EVENTS, *_OTHERS)


def take(
    request_id: UUID, step: str, *, actor: Actor, version: int | None = None, reason: str | None = None
) -> DataSubjectRequest:
    """Take the step of that name, in the open unit of work; raises `StepNotFound`, and what the step raises."""
    if step in _EVENTS:
        return handling.move(request_id, _EVENTS[step], actor=actor, version=version, reason=reason)
    if step not in _OTHERS:
        raise StepNotFound(f"There is: {', '.join(STEPS)}.")
    return _OTHERS[step](request_id, actor=actor, version=version, reason=(reason or "").strip())
