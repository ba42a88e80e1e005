"""What documents tell of a breach, read from the register: everything is opened here, and nothing is decided."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from uuid import UUID

import msgspec
import sqlalchemy as sa

from privacy.authz.actors import Actor, Realm
from privacy.breach import audited, limits, register, views
from privacy.breach.assessment import QUESTIONS, Assessment, Decision, Opinion
from privacy.breach.documents.account import Account, Notified
from privacy.breach.models import BreachDocument, PersonalDataBreach
from privacy.breach.options import Phase
from privacy.breach.telling import telling_audited
from privacy.breach.telling.models import BreachAffectedSource, BreachCommunication, BreachLetter
from privacy.breach.telling.vocabulary import LetterState
from privacy.breach.views import JudgementView, NotificationView
from privacy.breach.vocabulary import Event, Notice, State, Way
from privacy.db import session
from privacy.legal_time import days
from privacy.programme.law import AUTHORITY
from privacy.programme.types import Programme

_AWARE = frozenset({Event.BECOME_AWARE, Event.CORRECT_AWARENESS})
_ENDING = frozenset({Event.CLOSE, Event.DISMISS})


def account_of(row: PersonalDataBreach) -> Account:
    """One breach as documents tell of it, opened; whoever hands it out records that somebody reads it."""
    opened = views.opened(row)
    counting = {one.judgement.id: one for one in opened.judgements}
    assessed, opinion, decision = (
        None if one is None else _content(counting.get(one))
        for one in (row.assessment_id, row.opinion_id, row.decision_id)
    )
    limit = limits.authority_clock(row)
    return Account(
        id=row.id,
        number=row.number,
        test=row.realm == Realm.TEST.value,
        rehearsal=row.rehearsal,
        controller=row.controller,
        state=State(row.state),
        opened_at=row.recorded_at,
        detected_at=row.detected_at,
        facts=opened.facts,
        processor=row.processor,
        processor_told_at=row.told_at,
        aware_at=row.aware_at,
        aware_reason=_reason(row.id, _AWARE) if row.aware_at is not None else None,
        due_at=None if limit is None else limit.due_at,
        outer_at=None if limit is None else limit.outer_at,
        risk=assessed.risk if isinstance(assessed, Assessment) else None,
        assessment=_answers(assessed) if isinstance(assessed, Assessment) else {},
        opinion=opinion.reasons if isinstance(opinion, Opinion) else None,
        notify=decision.notify if isinstance(decision, Decision) else None,
        notify_reasons=decision.reasons if isinstance(decision, Decision) else None,
        tell=decision.tell if isinstance(decision, Decision) else None,
        excepted=decision.excepted if isinstance(decision, Decision) else None,
        notified=tuple(_notified(row.id, opened.notifications)),
        communicated_at=row.communicated_at,
        communicated_count=_told(row.id),
        closed_at=row.ended_at,
        closing=_reason(row.id, _ENDING) if row.ended_at is not None else None,
    )


def in_register(
    programme: Programme,
    *,
    actor: Actor,
    since: date | None = None,
    until: date | None = None,
    rehearsals: bool = False,
) -> Iterator[PersonalDataBreach]:
    """The breaches of the actor's realm by the time of detection, of the days from `since` to `until`, both inclusive.

    Rehearsals are left out, or stand there marked where they are wanted.
    """
    query = sa.select(PersonalDataBreach).where(PersonalDataBreach.realm == actor.realm.value)
    if not rehearsals:
        query = query.where(PersonalDataBreach.rehearsal.is_(False))
    # The first and the last day of the calendar narrow nothing, and have no neighbour.
    if since is not None and since > date.min:
        query = query.where(PersonalDataBreach.detected_at >= days.end_of(since - days.ONE, programme.zone))
    if until is not None and until < date.max:
        query = query.where(PersonalDataBreach.detected_at < days.end_of(until, programme.zone))
    ordered = query.order_by(PersonalDataBreach.detected_at, PersonalDataBreach.id)
    yield from session().scalars(ordered.execution_options(populate_existing=True)).all()


def _content(found: JudgementView | None) -> Assessment | Opinion | Decision | None:
    return None if found is None else found.content


def _answers(assessed: Assessment) -> Mapping[str, str]:
    given = msgspec.structs.asdict(assessed)
    return {question: given[question] for question in QUESTIONS}


def _notified(breach_id: UUID, notices: Sequence[NotificationView]) -> Iterator[Notified]:
    """What was sent to the authority, with the reference that came back."""
    mine = [one for one in notices if one.notification.clock == AUTHORITY]
    answered = {
        one.notification.follows: one.reference for one in mine if one.notification.kind == Notice.RECEIPT.value
    }
    digests = _digests(breach_id)
    for one in mine:
        sent = one.notification
        if sent.kind in _PHASES:
            yield Notified(
                number=sent.number,
                phase=Phase(sent.kind),
                sent_at=sent.sent_at,
                way=Way(sent.way) if sent.way else None,
                reference=one.reference or answered.get(sent.number),
                late=sent.late,
                reasons=one.reasons,
                documents=digests.get(sent.id, {}),
            )


def _told(breach_id: UUID) -> int | None:
    """How many persons a letter reached, each once; None where none was written."""
    reached = sa.case((BreachLetter.state.in_(_REACHED), BreachLetter.affected_id))
    query = (
        sa.select(sa.func.count(BreachLetter.id), sa.func.count(sa.distinct(reached)))
        .join(BreachCommunication, BreachCommunication.id == BreachLetter.communication_id)
        .where(BreachCommunication.breach_id == breach_id)
    )
    written, told = session().execute(query).one()
    return int(told) if written else None


_REACHED = (LetterState.SENT.value, LetterState.TOLD_BY_HAND.value)
_PHASES = frozenset(phase.value for phase in Phase)


def _digests(breach_id: UUID) -> Mapping[UUID, Mapping[str, str]]:
    """SHA-256 of the documents of each notification, by name."""
    query = sa.select(BreachDocument.notification_id, BreachDocument.name, BreachDocument.sha256)
    found: dict[UUID, dict[str, str]] = {}
    for notification, name, digest in session().execute(
        query.where(BreachDocument.breach_id == breach_id).order_by(BreachDocument.name)
    ):
        found.setdefault(notification, {})[name] = bytes(digest).hex()
    return found


def _reason(breach_id: UUID, events: frozenset[Event]) -> str | None:
    """Why the last of these steps was taken."""
    taken = [step for step in register.steps_of(breach_id) if step.event in events]
    return register.reason_of(taken[-1]) if taken else None


def objects_of(breach_id: UUID) -> list[tuple[str, UUID]]:
    """What the log's events of a breach name, by type and id: itself, who was found affected, what they were told."""
    found = [(audited.OBJECT, breach_id)]
    parts = ((telling_audited.SOURCE, BreachAffectedSource), (telling_audited.COMMUNICATION, BreachCommunication))
    for kind, model in parts:
        query = sa.select(model.id).where(model.breach_id == breach_id).order_by(model.id)
        found += [(kind, one) for one in session().scalars(query)]
    return found
