"""Documents of breaches as they are handed out and kept: notifications, and the register.

A notification is kept as it was made when it is recorded as sent: its documents are sealed under the breach's key, and
their SHA-256 stands in the event.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from uuid import UUID

from privacy import clock
from privacy.authz.actors import Actor
from privacy.authz.permissions import Permission
from privacy.breach import audited, limits, notifying, register, views
from privacy.breach.documents import accounts, notification_pdf
from privacy.breach.documents.notification import Notification, next_phase
from privacy.breach.documents.register_report import Report
from privacy.breach.documents.words import words
from privacy.breach.failures import BreachDocumentNotFound
from privacy.breach.models import BreachNotification, PersonalDataBreach
from privacy.breach.options import Phase
from privacy.programme import service as programmes
from privacy.programme.law import AUTHORITY


class Form(StrEnum):
    """In which form a document is handed out."""

    PDF = "application/pdf"
    JSON = "application/json"
    CSV = "text/csv"

    @property
    def ending(self) -> str:
        """Of a file's name."""
        return self.value.rpartition("/")[2]


@dataclass(frozen=True)
class Filed:
    """A document that is handed out."""

    content: bytes
    form: Form
    #: BCP 47.
    language: str
    #: Names no person.
    name: str


def notification_of(
    breach_id: UUID,
    form: Form,
    *,
    actor: Actor,
    phase: Phase | None = None,
    locales: Sequence[str] = (),
    reasons: str | None = None,
) -> Filed:
    """The notification that would be sent now, in the open unit of work; that somebody reads it is in the log.

    Without a `phase` it is the one that comes next. `reasons`: of a withdrawal, or why it is late. Raises
    `BreachNotFound`, `NotPermitted`.
    """
    actor.require(Permission.BREACHES_HANDLE)
    row = views.visible(breach_id, actor=actor)
    made = _made(row, clock.micros(), phase=phase, locales=locales, reasons=reasons)
    audited.record("breach.read", row, actor=actor, details={"what": "notification", "phase": made.phase.value})
    return Filed(_written(made, form), form, made.words.locale, f"{row.number}-{made.phase.value}.{form.ending}")


def sent_document(breach_id: UUID, number: int, form: Form, *, actor: Actor) -> Filed:
    """A notification as it was made when it was recorded as sent, in the open unit of work; in the log, too.

    Raises `BreachNotFound`, `BreachDocumentNotFound`, `NotPermitted`.
    """
    actor.require(Permission.BREACHES_HANDLE)
    row = views.visible(breach_id, actor=actor)
    sent = next((one for one in limits.notices_of([row.id]) if one.number == number), None)
    documents: Mapping[str, bytes] = {} if sent is None else notifying.documents_of(row, sent)
    name = next((name for name in documents if name.endswith(f".{form.ending}")), None)
    if name is None:
        raise BreachDocumentNotFound
    audited.record("breach.read", row, actor=actor, details={"what": "sent_notification", "notification": number})
    return Filed(documents[name], form, name.split(".")[1], f"{row.number}-{number}.{form.ending}")


def record_notification(
    breach_id: UUID, given: notifying.Notification, *, actor: Actor, version: int | None = None
) -> BreachNotification:
    """Record a notification as `notifying` does; one to the authority with its documents as they are made now.

    Where the caller gives the documents that were sent, those are kept. Raises what `notifying` raises.
    """
    if given.clock == AUTHORITY and given.kind.value in set(Phase) and not given.documents:
        row = register.lock_open(breach_id, version=version)
        at = clock.micros() if given.sent_at is None else given.sent_at
        made = _made(row, at, phase=Phase(given.kind.value), locales=(), reasons=given.reasons)
        locale = made.words.locale
        documents = {
            f"notification.{locale}.{form.ending}": _written(made, form, checklist=False)
            for form in (Form.PDF, Form.JSON)
        }
        given = replace(given, documents=documents)
    return notifying.record_notification(breach_id, given, actor=actor, version=version)


def register_of(
    form: Form,
    *,
    actor: Actor,
    since: date | None = None,
    until: date | None = None,
    rehearsals: bool = False,
    locales: Sequence[str] = (),
) -> Filed:
    """The register (Art. 33(5)) in the open unit of work; that somebody reads it, and how much, is in the log.

    Raises `NotPermitted`.
    """
    report = register_report(
        actor=actor, at=clock.micros(), since=since, until=until, rehearsals=rehearsals, locales=locales
    )
    asked = {"since": since, "until": until}
    bounds = {name: day.isoformat() for name, day in asked.items() if day is not None}
    audited.record_register(
        {**bounds, "form": form.value, "rehearsals": rehearsals, "breaches": len(report.breaches)}, actor=actor
    )
    return Filed(register_file(report, form), form, report.words.locale, f"breaches.{form.ending}")


def register_report(
    *,
    actor: Actor,
    at: int,
    since: date | None = None,
    until: date | None = None,
    rehearsals: bool = False,
    locales: Sequence[str] = (),
) -> Report:
    """The register as it stands, to be made into a file; whoever hands that out notes it in the log.

    Raises `NotPermitted`.
    """
    actor.require(Permission.BREACHES_HANDLE)
    programme = programmes.current()
    rows = list(accounts.in_register(programme, actor=actor, since=since, until=until, rehearsals=rehearsals))
    told = [accounts.account_of(row) for row in rows]
    spoken = words([*locales, *programme.jurisdiction.locales], programme.zone)
    return Report(told, programme, at, spoken, since=since, until=until, rehearsals=rehearsals)


def register_file(report: Report, form: Form) -> bytes:
    """The register in one of its forms; reads nothing."""
    return {Form.PDF: report.pdf, Form.CSV: report.csv, Form.JSON: report.json}[form]()


def _made(
    row: PersonalDataBreach, at: int, *, phase: Phase | None, locales: Sequence[str], reasons: str | None
) -> Notification:
    programme = programmes.current()
    account = accounts.account_of(row)
    spoken = words([*locales, *programme.jurisdiction.locales], programme.zone)
    wanted = next_phase(account, programme, at) if phase is None else phase
    return Notification(account, programme, wanted, at, spoken, reasons)


def _written(made: Notification, form: Form, *, checklist: bool = True) -> bytes:
    return made.json() if form is Form.JSON else notification_pdf.pdf(made, checklist=checklist)
