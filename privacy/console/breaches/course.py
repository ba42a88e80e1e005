"""The course of a breach: every step, who took it and why; and the bundle that proves it (Art. 33(5))."""

from __future__ import annotations

from uuid import UUID

from flask import Response

from privacy.authz.permissions import Permission
from privacy.breach import service as breach
from privacy.breach.service import Role, StepView
from privacy.console.blueprint import console
from privacy.console.breaches import case
from privacy.console.breaches.words import EVENTS, ROLES, state_text
from privacy.db import unit_of_work
from privacy.evidence import service as evidence
from privacy.http.auth import current_actor
from privacy.pages.blueprint import needs
from privacy.pages.languages import gettext, lazy_gettext
from privacy.pages.rendering import download
from privacy.pages.tables import Column, Kind, as_csv, table

_READ = needs(Permission.BREACHES_READ)
#: Seconds that a request waits for the newest event to be published, which takes about one.
_PATIENCE = 5.0


def _columns(names: dict[UUID, str]) -> tuple[Column[StepView], ...]:
    return (
        Column("number", lazy_gettext("Step"), lambda one: one.step.number, Kind.NUMBER),
        Column("at", lazy_gettext("When"), lambda one: one.step.at, Kind.MOMENT),
        Column("event", lazy_gettext("What"), lambda one: EVENTS.get(one.step.event, one.step.event)),
        Column("state", lazy_gettext("State after it"), lambda one: state_text(one.step.to_state)),
        Column("role", lazy_gettext("In which role"), lambda one: ROLES[Role(one.step.role)]),
        Column("who", lazy_gettext("Who"), lambda one: names.get(one.step.actor_id, "")),
        Column("why", lazy_gettext("Why"), lambda one: one.reason),
    )


@console.page("/breaches/<uuid:breach_id>/course", guard=_READ)
def breaches_course(breach_id: UUID) -> Response:
    """Every step, the first first. Reasons are shown to those who handle breaches."""
    row = case.found(breach_id)
    steps = breach.steps(row, actor=current_actor())
    names = case.named({one.step.actor_id for one in steps})
    made = table(gettext("Steps"), _columns(names), steps, breach_id=row.id)
    return as_csv(made, f"{row.number}-steps") or case.shown("course", row, table=made)


@console.form("/breaches/<uuid:breach_id>/timeline", guard=_READ, whole=False)
def breaches_timeline(breach_id: UUID) -> Response:
    """The course as an archive that verifies without this service; who takes it is recorded."""
    row, actor = case.found(breach_id), current_actor()
    made = evidence.make_timeline(str(row.id), actor=actor, seconds=_PATIENCE)
    with unit_of_work():
        evidence.record_timeline(made, actor=actor)
    return download(made.content, evidence.MEDIA_TYPE, f"{made.number}.zip")
