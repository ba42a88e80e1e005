"""How a breach begins: anybody says that something happened; who handles breaches may say more, or begin a drill."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import msgspec
from flask import Response
from msgspec import Meta

from privacy.authz.permissions import Permission
from privacy.breach import service as breach
from privacy.breach.service import Report
from privacy.console.blueprint import console
from privacy.console.breaches.case import moment
from privacy.errors import NotFound
from privacy.http.auth import current_actor
from privacy.pages.blueprint import needs
from privacy.pages.forms import NO_ERRORS, FormErrors, read_form
from privacy.pages.languages import lazy_gettext
from privacy.pages.rendering import done, render
from privacy.programme import service as programmes

_REPORT = needs(Permission.BREACHES_REPORT)
_DRILL = needs(Permission.BREACHES_REPORT, Permission.BREACHES_HANDLE)
console.says_after(
    {
        "incident-reported": lazy_gettext("Thank you. The privacy office sees it now."),
        "drill-begun": lazy_gettext("The drill has begun. Nothing of it leaves this service."),
    }
)


class _Incident(msgspec.Struct, forbid_unknown_fields=True):
    words: Annotated[str, Meta(max_length=20_000)]
    detected_at: str | None = None
    controller: str | None = None
    processor: str | None = None
    processor_aware_at: str | None = None
    told_at: str | None = None


@console.page("/incident", guard=_REPORT)
def incident(errors: FormErrors = NO_ERRORS) -> Response:
    """The short form: what happened, and when it was noticed."""
    programme = programmes.current()
    return render(
        "breaches/incident.html",
        errors=errors,
        controllers=[(code, one.name) for code, one in programme.controllers.items()],
        processors=[("", ""), *((code, one.name) for code, one in programme.processors.items())],
    )


@console.form("/incident", guard=_REPORT, again=incident)
def incident_report() -> Response:
    """Open a breach with what was said."""
    given, actor = read_form(_Incident), current_actor()
    report = Report(
        detected_at=moment(given.detected_at, "detected_at"),
        words=given.words,
        controller=given.controller,
        processor=given.processor,
        processor_aware_at=moment(given.processor_aware_at, "processor_aware_at"),
        told_at=moment(given.told_at, "told_at"),
    )
    row = breach.open_breach(report, actor=actor)
    page = "breaches_one" if Permission.BREACHES_READ in actor.permissions else "incident_one"
    return done(f"console.{page}", "incident-reported", breach_id=row.id)


@console.page("/incident/<uuid:breach_id>", guard=_REPORT)
def incident_one(breach_id: UUID) -> Response:
    """What became of one's own report: its number, and no more."""
    row = breach.visible(breach_id, actor=current_actor())
    first = breach.steps(row, actor=current_actor())[0].step
    if first.actor_id != current_actor().id:
        raise NotFound
    return render("breaches/reported.html", number=row.number, at=row.recorded_at)


@console.page("/breaches/drill", guard=_DRILL)
def breaches_drill() -> Response:
    """What a drill is, and the button that begins one."""
    return render("breaches/drill.html")


@console.form("/breaches/drill", guard=_DRILL)
def breaches_drill_begin() -> Response:
    """Open a rehearsal with the story that the service tells; each form of it then suggests what the story says."""
    report = Report(words=breach.story.WHY["report"], facts=breach.story.FIRST, rehearsal=True)
    row = breach.open_breach(report, actor=current_actor())
    return done("console.breaches_one", "drill-begun", breach_id=row.id)
