"""The course of an annulment: asked for, advised on by the data protection officer, decided by a second person.

What was asked and what was advised stands in the log and nowhere else, sealed with the service's key; the decision is
that of the approval to which it is bound.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

from privacy.access import service as access
from privacy.audit import service as audit
from privacy.audit.service import Told
from privacy.authz.actors import Actor, ActorKind, Realm
from privacy.consent.acts import ActKind
from privacy.consent.annulment import ADVISED, OBJECT, REQUESTED, Filter
from privacy.errors import Conflict, InvalidInput, NotFound

#: So many annulments are listed, the newest.
MOST_LISTED = 200
_DECIDED = {f"approval.{outcome.value}": outcome for outcome in access.Outcome}
_SHORTEST, _LONGEST = 3, 2_000


class AnnulmentNotFound(NotFound):
    """There is no such annulment."""

    code = "annulment-not-found"


class AnnulmentDecided(Conflict):
    """The annulment was decided already, or waited too long."""

    code = "annulment-decided"


class Opinion(StrEnum):
    """What the data protection officer thinks of an annulment."""

    AGREES = "agrees"
    AGREES_IF = "agrees_if"  # on conditions that the words name
    OBJECTS = "objects"


class AnnulmentState(StrEnum):
    """Where an annulment stands."""

    OPEN = "open"
    DONE = "done"
    REFUSED = "refused"
    EXPIRED = "expired"


@dataclass(frozen=True)
class Advice:
    """An opinion, with its reasons."""

    opinion: Opinion
    words: str = field(repr=False)
    by: UUID
    at: int


@dataclass(frozen=True)
class AnnulmentView:
    """An annulment and its course. Its id is that of the approval."""

    id: UUID
    filter: Filter
    reason: str = field(repr=False)
    #: As many acts as were meant when it was asked for: to those it is bound.
    acts: int
    asked_by: UUID
    asked_at: int
    state: AnnulmentState
    #: Until when it may be decided; None once it is over.
    expires_at: int | None
    decided_by: UUID | None
    decided_at: int | None
    advice: Sequence[Advice]


def annulments(*, realm: Realm) -> list[AnnulmentView]:
    """The newest annulments that were asked for, newest first."""
    asked = audit.told_of(OBJECT, [REQUESTED], most=MOST_LISTED)
    waiting = _waiting()
    return [_view(one, waiting) for one in asked if one.details["realm"] == realm.value]


def annulment(annulment_id: UUID, *, realm: Realm) -> AnnulmentView:
    """One annulment; raises `AnnulmentNotFound`."""
    asked = audit.told_of(OBJECT, [REQUESTED], annulment_id, most=1)
    if not asked or asked[0].details["realm"] != realm.value:
        raise AnnulmentNotFound
    return _view(asked[0], _waiting())


def advise_on_annulment(annulment_id: UUID, opinion: Opinion, words: str, *, actor: Actor) -> None:
    """Write down what the data protection officer thinks (Art. 39(1)(a)), in the open unit of work; again is added.

    Raises `access.OfficerOnly`, `AnnulmentNotFound`, `AnnulmentDecided`, `InvalidInput`.
    """
    if actor.kind is not ActorKind.STAFF or not access.is_officer(actor.id):
        raise access.OfficerOnly
    _ensure_open(annulment_id, actor)
    text = words.strip()
    if not _SHORTEST <= len(text) <= _LONGEST:
        raise InvalidInput.of("words", f"Write the reasons in {_SHORTEST} to {_LONGEST} characters.")
    told = {"opinion": opinion.value, "words": text}
    audit.record(ADVISED, actor=actor, object_type=OBJECT, object_id=annulment_id, content=told, details=told)


def refuse_annulment(annulment_id: UUID, *, actor: Actor) -> None:
    """Refuse what somebody else asked for, in the open unit of work; the acts keep their effect.

    Raises `AnnulmentNotFound`, `AnnulmentDecided`, and as `access.refuse` does.
    """
    _ensure_open(annulment_id, actor)
    access.refuse(annulment_id, actor=actor)


def _ensure_open(annulment_id: UUID, actor: Actor) -> None:
    if annulment(annulment_id, realm=actor.realm).state is not AnnulmentState.OPEN:
        raise AnnulmentDecided


def _waiting() -> Mapping[UUID, int]:
    """Approvals that wait for a second person, and until when."""
    return {one.id: one.expires_at for one in access.open_approvals()}


def _view(asked: Told, waiting: Mapping[UUID, int]) -> AnnulmentView:
    annulment_id = UUID(asked.object_id)
    decided = next(iter(audit.told_of("approval", list(_DECIDED), annulment_id, most=1)), None)
    expires_at = waiting.get(annulment_id)
    if decided is not None:
        approved = _DECIDED[decided.action] is access.Outcome.APPROVED
        state = AnnulmentState.DONE if approved else AnnulmentState.REFUSED
    else:
        state = AnnulmentState.OPEN if expires_at is not None else AnnulmentState.EXPIRED
    return AnnulmentView(
        id=annulment_id,
        filter=_filter(asked.details["filter"]),
        reason=asked.details["reason"],
        acts=asked.details["acts"],
        asked_by=asked.actor_id,
        asked_at=asked.at,
        state=state,
        expires_at=expires_at,
        decided_by=decided.actor_id if decided else None,
        decided_at=decided.at if decided else None,
        advice=[
            Advice(Opinion(one.details["opinion"]), one.details["words"], one.actor_id, one.at)
            for one in audit.told_of(OBJECT, [ADVISED], annulment_id, most=MOST_LISTED)
        ],
    )


def _filter(told: Mapping[str, Any]) -> Filter:
    act_id = told["act_id"]
    kinds = tuple(ActKind(one) for one in told["acts"])
    return Filter(**{**told, "act_id": UUID(act_id) if act_id else None, "acts": kinds})
