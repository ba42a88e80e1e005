"""What was told to the authority, or to another who has a clock, is recorded: when, how, by which documents (Art. 33).

Nothing is sent from here. A notification that is later than the strict hours wants reasons before it is recorded
(Art. 33(1)), whatever the outer limit of Regulation 1182/71 says.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from privacy import clock
from privacy.authz.actors import Actor
from privacy.authz.permissions import Permission
from privacy.breach import limits, register, situations, tasks
from privacy.breach.clock import TOLERANCE
from privacy.breach.failures import BreachClockNotFound
from privacy.breach.models import BreachClock, BreachDocument, BreachNotification, PersonalDataBreach
from privacy.breach.vocabulary import Event, Notice, Role, Way
from privacy.db import new_id, session
from privacy.errors import InvalidInput
from privacy.programme.law import AUTHORITY

_TABLE, _DOCUMENTS = "breach_notification", "breach_document"
_LONGEST = 200
_EVENTS = {
    Notice.INITIAL: Event.NOTIFY_INITIAL,
    Notice.SUPPLEMENTARY: Event.NOTIFY_SUPPLEMENTARY,
    Notice.COMPLETE: Event.NOTIFY_COMPLETE,
    Notice.WITHDRAWAL: Event.WITHDRAW_NOTIFICATION,
}
#: Steps of clocks that are not the authority's, and of its answers, which move nothing.
TOLD, NOT_NEEDED, RECEIPT = "clock_met", "clock_not_needed", "notification_receipt"


@dataclass(frozen=True)
class Notification:
    """What is recorded."""

    kind: Notice
    #: When it was sent, or came; None for now.
    sent_at: int | None = None
    way: Way | None = None
    #: The clock's code.
    clock: str = AUTHORITY
    #: What the one who was told calls it.
    reference: str | None = field(default=None, repr=False)
    #: Why it is late, withdrawn or not needed.
    reasons: str | None = field(default=None, repr=False)
    #: The documents as they were sent, by name.
    documents: Mapping[str, bytes] = field(default_factory=dict, repr=False)


def record_notification(
    breach_id: UUID, given: Notification, *, actor: Actor, version: int | None = None
) -> BreachNotification:
    """Record a notification, an answer to one, or that another's clock does not apply; in the open unit of work.

    Raises `BreachStepNotPossible`, which says that reasons are wanted, `BreachClockNotFound`, `BreachEnded`,
    `InvalidInput`.
    """
    withdrawing = given.kind is Notice.WITHDRAWAL
    actor.require(Permission.BREACHES_DECIDE if withdrawing else Permission.BREACHES_HANDLE)
    row = register.lock_open(breach_id, version=version)
    now = clock.micros()
    sent_at = now if given.sent_at is None else given.sent_at
    due = _clock(row, given.clock)
    _check(row, given, sent_at, now)
    late = given.kind in {Notice.INITIAL, Notice.COMPLETE} and due is not None and sent_at > due.due_at
    notices = limits.notices_of([row.id])
    earlier = limits.told_of(notices, given.clock)
    follows = _answered(notices, given) if given.kind is Notice.RECEIPT else earlier
    made = _insert(row, given, sent_at, late=late and not earlier, follows=follows, actor=actor)
    told: dict[str, Any] = {
        "notification": made.number,
        "clock": given.clock,
        "kind": given.kind.value,
        "late": made.late,
        "documents": {name: hashlib.sha256(content).hexdigest() for name, content in given.documents.items()},
    }
    if given.clock == AUTHORITY and given.kind in _EVENTS:
        _advance(row, given, made, bool(earlier), actor, told)
    else:
        register.note(row, _word(given), Role.HANDLER, actor=actor, **told)
    return made


def reasons_of(row: PersonalDataBreach, made: BreachNotification) -> str | None:
    """Why a notification was late, withdrawn or not needed, opened."""
    return _opened(row, made, "reasons_enc", made.reasons_enc)


def reference_of(row: PersonalDataBreach, made: BreachNotification) -> str | None:
    """What the one who was told calls a notification, opened."""
    return _opened(row, made, "reference_enc", made.reference_enc)


def documents_of(row: PersonalDataBreach, made: BreachNotification) -> dict[str, bytes]:
    """The documents of a notification as they were sent, opened, by name."""
    query = sa.select(BreachDocument).where(BreachDocument.notification_id == made.id).order_by(BreachDocument.name)
    return {
        one.name: register.key_of(row, one.key_version).open(_DOCUMENTS, "content_enc", one.id, one.content_enc)
        for one in session().scalars(query)
    }


def _advance(
    row: PersonalDataBreach,
    given: Notification,
    made: BreachNotification,
    stood: bool,
    actor: Actor,
    told: Mapping[str, object],
) -> None:
    event = _EVENTS[given.kind]
    withdrawing = given.kind is Notice.WITHDRAWAL
    reasoned = bool((given.reasons or "").strip())
    said = reasoned or register.facts_of(row).timing.late_reasons is not None
    now = situations.of(row, notified=stood, late=made.late, late_reasoned=said, reasoned=reasoned)
    tasks.follow(row, event)
    role = Role.CONTROLLER if withdrawing else Role.HANDLER
    register.advance(row, event, role, now, actor=actor, reason=given.reasons, details=told)


def _word(given: Notification) -> str:
    if given.kind is Notice.RECEIPT:
        return RECEIPT
    return NOT_NEEDED if given.kind is Notice.NOT_NEEDED else TOLD


def _clock(row: PersonalDataBreach, code: str) -> BreachClock | None:
    """The clock that counts; only the authority can be told before its own runs, and then the workflow says so."""
    found = next((one for one in limits.newest(limits.clocks_of([row.id])) if one.code == code), None)
    if found is None and code != AUTHORITY:
        raise BreachClockNotFound
    return found


def _check(row: PersonalDataBreach, given: Notification, sent_at: int, now: int) -> None:
    if sent_at > now + TOLERANCE:
        raise InvalidInput.of("sent_at", "It lies in the future.")
    if sent_at < row.detected_at:
        raise InvalidInput.of("sent_at", "It lies before anything was noticed.")
    if given.kind is Notice.NOT_NEEDED:
        if given.clock == AUTHORITY:
            raise InvalidInput.of("clock", "Whether the authority is notified, the controller decides (Art. 33(1)).")
        register.ensure_words("reasons", given.reasons)
    elif given.kind is Notice.RECEIPT:
        register.ensure_words("reference", given.reference)
    elif given.way is None:
        raise InvalidInput.of("way", "Say by which channel it went.")
    if given.reference is not None and not (given.reference.isprintable() and len(given.reference) <= _LONGEST):
        raise InvalidInput.of("reference", f"One line of at most {_LONGEST} characters.")


def _answered(notices: list[BreachNotification], given: Notification) -> list[BreachNotification]:
    """What a receipt may answer: all that was sent to the one who gives it, a withdrawal too."""
    unsent = {Notice.RECEIPT, Notice.NOT_NEEDED}
    sent = [one for one in notices if one.clock == given.clock and Notice(one.kind) not in unsent]
    if not sent:
        raise InvalidInput.of("kind", "Nothing was sent that could be answered.")
    return sent


def _insert(
    row: PersonalDataBreach,
    given: Notification,
    sent_at: int,
    *,
    late: bool,
    follows: list[BreachNotification],
    actor: Actor,
) -> BreachNotification:
    query = sa.select(sa.func.max(BreachNotification.number)).where(BreachNotification.breach_id == row.id)
    made_id, key = new_id(), register.key_of(row)

    def seal(column: str, text: str | None) -> bytes | None:
        return key.seal(_TABLE, column, made_id, text.encode()) if text else None

    made = BreachNotification(
        id=made_id,
        breach_id=row.id,
        number=(session().scalar(query) or 0) + 1,
        clock=given.clock,
        kind=given.kind.value,
        follows=follows[-1].number if follows else None,
        sent_at=sent_at,
        way=None if given.way is None else given.way.value,
        recorded_at=clock.micros(),
        late=late,
        actor_id=actor.id,
        reference_enc=seal("reference_enc", given.reference),
        reasons_enc=seal("reasons_enc", given.reasons),
        key_version=key.version,
    )
    session().add(made)
    session().flush()  # Its documents refer to it.
    for name, content in given.documents.items():
        document_id = new_id()
        session().add(
            BreachDocument(
                id=document_id,
                breach_id=row.id,
                notification_id=made_id,
                name=name,
                sha256=hashlib.sha256(content).digest(),
                content_enc=key.seal(_DOCUMENTS, "content_enc", document_id, content),
                key_version=key.version,
            )
        )
    return made


def _opened(row: PersonalDataBreach, made: BreachNotification, column: str, sealed: bytes | None) -> str | None:
    if sealed is None:
        return None
    return register.key_of(row, made.key_version).open(_TABLE, column, made.id, sealed).decode()
