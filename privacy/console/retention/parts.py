"""One part of a disposal run: rows to be reviewed, work by hand, another try; and the warnings of people before it."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

import msgspec
from flask import Response, url_for
from msgspec import Meta

from privacy.authz.permissions import Permission
from privacy.console.blueprint import console
from privacy.console.retention import words
from privacy.console.retention.asked import asked_id
from privacy.console.retention.lines import PartLine, RunLine, of_view
from privacy.http.auth import current_actor
from privacy.pages.blueprint import needs
from privacy.pages.forms import NO_ERRORS, FormErrors, read_form
from privacy.pages.languages import lazy_gettext
from privacy.pages.rendering import done, render
from privacy.pages.tables import Choice, Column, Kind, as_csv, table
from privacy.programme import service as programmes
from privacy.retention import service as retention
from privacy.retention.service import PartNotFound, Review, ReviewChoice, RunStatement, WarningState, WarningView

_READ, _HANDLE = needs(Permission.RETENTION_READ), needs(Permission.RETENTION_HANDLE)
_PART = "/retention/runs/<uuid:run_id>/parts/<uuid:part_id>"
_AT_ONCE = 200
_Rows = Annotated[int, Meta(ge=0, le=1_000_000_000)]
_Why = Annotated[str, Meta(min_length=3, max_length=200)]
console.says_after(
    {
        "part-reviewed": lazy_gettext("Your decision is recorded, and the run is counted anew by it."),
        "part-stated": lazy_gettext("What you did is recorded and stands in the certificate."),
        "part-again": lazy_gettext("The part is tried again within a minute."),
        "warning-decided": lazy_gettext("Your decision about the warning is recorded."),
    }
)


class _Reviewed(msgspec.Struct, forbid_unknown_fields=True):
    version: int
    choice: ReviewChoice
    reason: str = ""
    until: date | None = None


class _Stated(msgspec.Struct, forbid_unknown_fields=True):
    version: int
    statement: str = ""
    deleted: _Rows = 0
    changed: _Rows = 0


class _Again(msgspec.Struct, forbid_unknown_fields=True):
    version: int


class _Decided(msgspec.Struct, forbid_unknown_fields=True):
    version: int
    decision: retention.Choice
    reason: _Why
    on: date | None = None


_WARNINGS: tuple[Column[WarningView], ...] = (
    Column(
        "number",
        lazy_gettext("Number"),
        lambda one: one.number,
        link=lambda one: url_for("console.retention_warning", warning_id=one.id),
    ),
    Column(
        "state",
        lazy_gettext("State"),
        lambda one: words.WARNING_STATES[one.state][0],
        order=lambda one: one.state,
        sign=lambda one: words.WARNING_STATES[one.state][1],
    ),
    Column("rule", lazy_gettext("Rule"), lambda one: one.rule),
    Column("way", lazy_gettext("How"), lambda one: words.WARNING_WAYS[one.way] if one.way else None),
    Column("attempts", lazy_gettext("Times tried"), lambda one: one.attempts, Kind.NUMBER),
    Column("begun", lazy_gettext("Begun"), lambda one: one.created_at, Kind.MOMENT),
    Column("delivered", lazy_gettext("Delivered"), lambda one: one.delivered_at, Kind.MOMENT),
    Column("goes", lazy_gettext("Data go from"), lambda one: one.goes_on, Kind.DAY),
)


@console.page(_PART, guard=_READ, endpoint="retention_run_part")
def part(run_id: UUID, part_id: UUID, errors: FormErrors = NO_ERRORS) -> Response:
    """One part, with what a person decides about it."""
    run, found = _found(run_id, part_id)
    tables = sorted({*found.counted.deleted, *found.counted.changed, *found.done.deleted, *found.done.changed})
    return render(
        "retention/part.html",
        run=run,
        part=found,
        tables=tables,
        errors=errors,
        way=words.WAYS[found.way],
        reviews=words.REVIEWS,
    )


@console.form(f"{_PART}/review", guard=_HANDLE, again=part, endpoint="retention_run_part_review")
def review(run_id: UUID, part_id: UUID) -> Response:
    """Rows that a rule wants reviewed go with the run, or stay until a day."""
    given = read_form(_Reviewed)
    decided = Review(given.choice, given.reason, given.until if given.choice is ReviewChoice.KEEP else None)
    retention.review_run_part(run_id, part_id, decided, actor=current_actor(), version=given.version)
    return done("console.retention_run", "part-reviewed", run_id=run_id)


@console.form(f"{_PART}/statement", guard=_HANDLE, again=part, endpoint="retention_run_part_state")
def state(run_id: UUID, part_id: UUID) -> Response:
    """What was done in a system that only a person looks after."""
    given = read_form(_Stated)
    statement = RunStatement(given.deleted, given.changed, given.statement)
    retention.state_by_hand(run_id, part_id, statement, actor=current_actor(), version=given.version)
    return done("console.retention_run", "part-stated", run_id=run_id)


@console.form(f"{_PART}/again", guard=_HANDLE, endpoint="retention_run_part_again")
def again(run_id: UUID, part_id: UUID) -> Response:
    """A part whose system failed for good is tried once more."""
    retention.try_part_again(run_id, part_id, actor=current_actor(), version=read_form(_Again).version)
    return done("console.retention_run", "part-again", run_id=run_id)


def _found(run_id: UUID, part_id: UUID) -> tuple[RunLine, PartLine]:
    run = of_view(retention.view_run(run_id), programmes.current())
    found = next((one for one in run.parts if one.id == part_id), None)
    if found is None:
        raise PartNotFound
    return run, found


@console.page("/retention/warnings", guard=_READ, endpoint="retention_warnings")
def warnings() -> Response:
    """Warnings of people before data about them go, the newest first. Whom they are about stands nowhere."""
    run_id, before = asked_id("run"), asked_id("before")
    state = Choice[WarningView](
        "state", lazy_gettext("State"), [(one.value, said) for one, (said, _sign) in words.WARNING_STATES.items()]
    )
    found = retention.listed_warnings(
        run_id=run_id,
        before=before,
        state=WarningState(state.chosen) if state.chosen else None,
        limit=_AT_ONCE,
        realm=current_actor().realm,
    )
    values = {name: str(value) for name, value in (("run", run_id), ("before", before)) if value}
    shown = table(lazy_gettext("Warnings"), _WARNINGS, found, choices=[state], **values)
    earlier = _earlier(found, run_id, state.chosen) if len(found) == _AT_ONCE else None
    return as_csv(shown, "retention-warnings") or render("retention/warnings.html", table=shown, earlier=earlier)


@console.page("/retention/warnings/<uuid:warning_id>", guard=_READ, endpoint="retention_warning")
def warning(warning_id: UUID, errors: FormErrors = NO_ERRORS) -> Response:
    """One warning, and what is decided about it."""
    seen = retention.view_warning(warning_id, realm=current_actor().realm)
    said, sign = words.WARNING_STATES[seen.state]
    way = words.WARNING_WAYS[seen.way] if seen.way else None
    return render(
        "retention/warning.html",
        warning=seen,
        said=said,
        sign=sign,
        way=way,
        choices=list(words.WARNING_CHOICES.items()),
        errors=errors,
    )


@console.form(
    "/retention/warnings/<uuid:warning_id>", guard=_HANDLE, again=warning, endpoint="retention_warning_decide"
)
def decide(warning_id: UUID) -> Response:
    """The person was told otherwise, the data go without a warning, or they stay."""
    given, actor = read_form(_Decided), current_actor()
    retention.decide_warning(
        warning_id,
        given.decision,
        actor=actor,
        reason=given.reason,
        version=given.version,
        on=given.on if given.decision is not retention.Choice.LET_GO else None,
        realm=actor.realm,
    )
    return done("console.retention_warning", "warning-decided", warning_id=warning_id)


def _earlier(found: list[WarningView], run_id: UUID | None, state: str) -> str:
    run = {"run": str(run_id)} if run_id else {}
    chosen = {"state": state} if state else {}
    return url_for("console.retention_warnings", **run, **chosen, before=str(found[-1].id))  # type: ignore[arg-type]  # any keyword
