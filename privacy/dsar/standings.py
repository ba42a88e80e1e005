"""What open requests stand for in the very next check: an erasure that is pending, a restriction (Art. 17, 18).

A standing follows from the requests of a person and from nothing else: after each step that may matter the person's
requests are looked at together. A standing that somebody set by hand is not ours to end.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from uuid import UUID

import sqlalchemy as sa

from privacy.authz.actors import Actor, Realm
from privacy.db import session
from privacy.dsar import cases
from privacy.dsar.models import DataSubjectRequest, RequestStep
from privacy.dsar.vocabulary import CaseType, Event, Outcome, Role, State
from privacy.errors import NotFound
from privacy.programme import service as programmes
from privacy.programme.types import Programme, PurposeClass
from privacy.subjects import service as subjects
from privacy.subjects.service import NO_STANDING, Naming, Standing

#: The steps that say so, for each standing: when it was set, and when it was lifted.
_WORDS: Mapping[Standing, tuple[str, str]] = {
    Standing.ERASURE_PENDING: ("erasure_pending", "erasure_not_pending"),
    Standing.RESTRICTED: ("restricted", "restriction_lifted"),
}
#: The step by which a request ceases to ask for a restriction; the standing ends where no other asks for it.
LIFTED = "restriction_ended"
#: Where a request stands once somebody is identified, and until it has ended.
_UNDER_WAY = frozenset(
    {
        *(State.CLARIFYING, State.ASSESSING, State.APPROVING, State.COOLING_OFF),
        *(State.EXECUTING, State.REVIEWING, State.ANSWERING),
    }
)
#: Where what is put down about people because of their requests comes from.
SOURCE = "requests"


def settle(row: DataSubjectRequest, *, actor: Actor, subject_id: UUID | None = None) -> None:
    """Bring the standings of the request's person in line with all their requests, in the open unit of work.

    `subject_id`: whose the request was taken for until now, where it is nobody's any more.
    """
    whose = subject_id or row.subject_id
    if whose is None:
        return
    session().flush()
    try:
        holds = subjects.view(whose, realm=row.realm).standing
    except NotFound:
        return  # Erased meanwhile: nobody is left to stand for.
    theirs = sa.select(DataSubjectRequest).where(DataSubjectRequest.subject_id.in_(subjects.natural_person(whose)))
    requests = list({request.id: request for request in (row, *session().scalars(theirs))}.values())
    steps = _steps_of(request.id for request in requests)
    wanted = NO_STANDING
    for request in requests:
        wanted |= wants(request, lifted=LIFTED in steps[request.id])
    told = Counter(step for request in requests for step in steps[request.id].elements())
    for flag, (began, ended) in _WORDS.items():
        if flag in wanted and flag not in holds:
            _put(whose, row, {flag: True}, actor)
            cases.note(row, began, Role.SERVICE, actor=actor, reason=None)
        elif flag not in wanted and flag in holds and told[began] > told[ended]:
            for one in sorted({whose, *(request.subject_id or whose for request in requests)}):
                _put(one, row, {flag: False}, actor)
            cases.note(row, ended, Role.SERVICE, actor=actor, reason=None)


def wants(row: DataSubjectRequest, *, lifted: bool) -> Standing:
    """What a request of an identified person stands for, now. `lifted`: its restriction was ended."""
    case_type, state = CaseType(row.case_type), State(row.state)
    granted = state is State.ANSWERED and row.outcome in {Outcome.GRANTED, Outcome.PARTLY}
    under_way = state in _UNDER_WAY and not (state is State.ANSWERING and row.granted_by is None)
    if case_type is CaseType.ERASURE:
        return Standing.ERASURE_PENDING if under_way else NO_STANDING
    if lifted:
        return NO_STANDING
    if case_type is CaseType.RESTRICTION:
        return Standing.RESTRICTED if under_way or granted else NO_STANDING
    if case_type is CaseType.RECTIFICATION or (case_type is CaseType.OBJECTION and _is_weighed(row)):
        # 18(1)(a) and (d): until it is decided, and the person was told that it ends (18(3)).
        return Standing.RESTRICTED if state in _UNDER_WAY or state is State.ANSWERED else NO_STANDING
    return NO_STANDING


def weighed(purposes: Iterable[str], programme: Programme) -> bool:
    """Whether any of the purposes is not direct marketing: then an objection is weighed (Art. 21(1), not (2))."""
    return any(programme.purposes[code].purpose_class is not PurposeClass.MARKETING for code in purposes)


def is_restricting(row: DataSubjectRequest) -> bool:
    """Whether a restriction of this request holds."""
    lifted = LIFTED in _steps_of([row.id])[row.id]
    return Standing.RESTRICTED in wants(row, lifted=lifted)


def lift(row: DataSubjectRequest, *, actor: Actor, reason: str | None) -> None:
    """End the restriction that a locked request stands for; it goes on where another request wants it too."""
    cases.note(row, LIFTED, cases.role_of(actor), actor=actor, reason=reason)
    settle(row, actor=actor)


def _is_weighed(row: DataSubjectRequest) -> bool:
    programme = programmes.current()
    known = [code for code in cases.matter_of(row).purposes if code in programme.purposes]
    return weighed(known, programme)


def _put(subject_id: UUID, row: DataSubjectRequest, standing: Mapping[Standing, bool], actor: Actor) -> None:
    subjects.put_subject(
        Naming(Realm(row.realm), ref=subject_id),
        actor=actor,
        programme=programmes.current(),
        source=SOURCE,
        standing=standing,
    )


def _steps_of(request_ids: Iterable[UUID]) -> dict[UUID, Counter[str]]:
    found: dict[UUID, Counter[str]] = {request_id: Counter() for request_id in request_ids}
    query = sa.select(RequestStep.request_id, RequestStep.event).where(RequestStep.request_id.in_(list(found)))
    for request_id, word in session().execute(query.order_by(RequestStep.request_id, RequestStep.number)):
        found[request_id][word] += 1
        if word == Event.REOPEN:
            found[request_id].pop(LIFTED, None)
    return found
