"""Disposal runs: prepared, counted, agreed to with exactly those counts, started, watched, and their certificate."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import UUID

import msgspec
from flask import Response, jsonify, request, url_for

from privacy.access import service as access
from privacy.authz.permissions import Permission
from privacy.console.blueprint import console
from privacy.console.retention import words
from privacy.console.retention.asked import asked_id
from privacy.console.retention.lines import PartLine, RunLine, line_of, of_view
from privacy.http.auth import current_actor
from privacy.pages.blueprint import needs
from privacy.pages.forms import NO_ERRORS, FormErrors, read_form
from privacy.pages.languages import gettext as _
from privacy.pages.languages import lazy_gettext, locale, number_text
from privacy.pages.look import look
from privacy.pages.rendering import done, download, render
from privacy.pages.tables import Choice, Column, Kind, as_csv, table
from privacy.programme import service as programmes
from privacy.programme.types import OWN_SYSTEM
from privacy.retention import service as retention
from privacy.retention.service import CertificateForm, Chosen, RunState

_READ, _HANDLE = needs(Permission.RETENTION_READ), needs(Permission.RETENTION_HANDLE)
_START, _AGREE = needs(Permission.RETENTION_HANDLE, fresh=True), needs(Permission.RETENTION_APPROVE, fresh=True)
_RUN = "/retention/runs/<uuid:run_id>"
_AT_ONCE = 200
_FILES: Mapping[str, tuple[CertificateForm, str]] = {
    "pdf": (CertificateForm.PDF, "pdf"),
    "json": (CertificateForm.JSON, "json"),
}
console.says_after(
    {
        "run-prepared": lazy_gettext(
            "What is due is being counted. Nothing changes before people agree and it starts."
        ),
        "run-counted-anew": lazy_gettext("It is being counted anew. Earlier agreements count no more."),
        "run-agreed": lazy_gettext("Your agreement to these counts is recorded."),
        "run-started": lazy_gettext("It is under way. You may leave this page."),
        "run-stopped": lazy_gettext("It has stopped: no further rows go. What is gone stays gone."),
        "run-given-up": lazy_gettext("The run is given up. What was done until now stays in its account."),
    }
)


class _Prepared(msgspec.Struct, forbid_unknown_fields=True):
    rules: list[str] = []
    systems: list[str] = []
    as_of: date | None = None


class _Step(msgspec.Struct, forbid_unknown_fields=True):
    version: int


class _Agreed(msgspec.Struct, forbid_unknown_fields=True):
    version: int
    preview: str


_RUNS: tuple[Column[RunLine], ...] = (
    Column(
        "number",
        lazy_gettext("Number"),
        lambda run: run.number,
        link=lambda run: url_for("console.retention_run", run_id=run.id),
    ),
    Column(
        "state", lazy_gettext("State"), lambda run: run.state_text, order=lambda run: run.state, sign=lambda r: r.sign
    ),
    Column("as_of", lazy_gettext("Time up before"), lambda run: run.as_of, Kind.DAY),
    Column("agreed", lazy_gettext("Agreed"), lambda run: len(run.agreed_by), Kind.NUMBER),
    Column("wanted", lazy_gettext("Must agree"), lambda run: run.approvals if run.preview else None, Kind.NUMBER),
    Column("prepared", lazy_gettext("Prepared"), lambda run: run.prepared_at, Kind.MOMENT),
    Column("ended", lazy_gettext("Ended"), lambda run: run.ended_at, Kind.MOMENT),
)
_PARTS: tuple[Column[PartLine], ...] = (
    Column("place", lazy_gettext("System and table"), lambda part: f"{part.system}: {part.place}"),
    Column("way", lazy_gettext("How"), lambda part: words.WAYS[part.way], order=lambda part: part.way),
    Column(
        "state",
        lazy_gettext("State"),
        lambda part: part.state_text,
        order=lambda part: part.state,
        sign=lambda part: part.sign,
    ),
    Column("deleted", lazy_gettext("Rows that go"), lambda part: part.deleted, Kind.NUMBER),
    Column("changed", lazy_gettext("Rows changed"), lambda part: part.changed, Kind.NUMBER),
    Column("done", lazy_gettext("Done so far"), lambda part: part.done.total, Kind.NUMBER),
    Column("stays", lazy_gettext("Stay"), lambda part: part.stays, Kind.NUMBER),
    Column("why", lazy_gettext("Why they stay"), lambda part: part.why),
)


@console.page("/retention/runs", guard=_READ, endpoint="retention_runs")
def listed() -> Response:
    """Runs, the newest first."""
    before = asked_id("before")
    rows = [line_of(row) for row in retention.listed_runs(before=before, limit=_AT_ONCE)]
    state = Choice[RunLine](
        "state",
        lazy_gettext("State"),
        [(one.value, said) for one, said in words.RUN_STATES.items()],
        lambda run, wanted: run.state.value == wanted,
    )
    values = {"before": str(before)} if before else {}
    shown = table(lazy_gettext("Disposal runs"), _RUNS, rows, choices=[state], **values)
    earlier = rows[-1].id if len(rows) == _AT_ONCE else None
    return as_csv(shown, "disposal-runs") or render("retention/runs.html", table=shown, earlier=earlier)


@console.page("/retention/runs/new", guard=_HANDLE, endpoint="retention_runs_new")
def new(errors: FormErrors = NO_ERRORS) -> Response:
    """What a run is to be about."""
    programme = programmes.current()
    rules = [
        (one.code, f"{one.code} · {words.period(one.period)}", one.statute)
        for one in programme.retention_rules.values()
        if one.trigger is not None
    ]
    systems = [(code, words.system_name(programme, code)) for code in (*programme.systems, OWN_SYSTEM)]
    return render("retention/new_run.html", errors=errors, rules=rules, systems=systems)


@console.form("/retention/runs/new", guard=_HANDLE, again=new, endpoint="retention_runs_prepare")
def prepare() -> Response:
    """Begin a run: what is due is counted, and nothing changes."""
    given = read_form(_Prepared)
    chosen = Chosen(tuple(given.rules), tuple(given.systems))
    row = retention.prepare_run(chosen, actor=current_actor(), as_of=given.as_of)
    return done("console.retention_run", "run-prepared", run_id=row.id)


@console.page(_RUN, guard=_READ, endpoint="retention_run")
def one(run_id: UUID) -> Response:
    """One run: exactly what it does, who agreed, how far it is."""
    seen = retention.view_run(run_id)
    run, chosen = of_view(seen, programmes.current()), retention.chosen_of(seen.row)
    parts = table(lazy_gettext("Parts"), _PARTS, run.parts, run_id=run_id)
    programme = programmes.current()
    return as_csv(parts, f"disposal-run-{run.number}") or render(
        "retention/run.html",
        run=run,
        table=parts,
        people=_names(run),
        rules=list(chosen.rules),
        systems=[words.system_name(programme, code) for code in chosen.systems],
        agreed_already=current_actor().id in run.agreed_by,
        states=RunState,
        said=_said(run),
    )


@console.page(f"{_RUN}/progress", guard=_READ, endpoint="retention_run_progress")
def progress(run_id: UUID) -> Response:
    """How far it is, for the script of its page."""
    run = of_view(retention.view_run(run_id), programmes.current())
    return jsonify({"state": run.state.value, "said": _said(run), "percent": run.percent})


def _said(run: RunLine) -> str:
    """How far a run is, in a sentence."""
    ready = sum(part.ready for part in run.parts)
    said = {"ready": number_text(ready), "parts": number_text(len(run.parts))}
    if run.state is RunState.PREVIEWING:
        return _("Counted: %(ready)s of %(parts)s parts") % said
    return _("Done: %(ready)s of %(parts)s parts. Rows so far: %(rows)s") % (said | {"rows": number_text(run.done)})


@console.form(f"{_RUN}/preview", guard=_HANDLE, endpoint="retention_run_preview")
def count_anew(run_id: UUID) -> Response:
    """Count anew what is due by the programme of today."""
    retention.preview_run(run_id, actor=current_actor(), version=read_form(_Step).version)
    return done("console.retention_run", "run-counted-anew", run_id=run_id)


@console.form(f"{_RUN}/agree", guard=_AGREE, endpoint="retention_run_agree")
def agree(run_id: UUID) -> Response:
    """Agree to exactly the counts that the page showed."""
    given = read_form(_Agreed)
    retention.approve_run(run_id, preview=given.preview, actor=current_actor(), version=given.version)
    return done("console.retention_run", "run-agreed", run_id=run_id)


@console.form(f"{_RUN}/start", guard=_START, endpoint="retention_run_start")
def start(run_id: UUID) -> Response:
    """Have it carried out, or go on after a stop."""
    retention.start_run(run_id, actor=current_actor(), version=read_form(_Step).version)
    return done("console.retention_run", "run-started", run_id=run_id)


@console.form(f"{_RUN}/stop", guard=_HANDLE, endpoint="retention_run_stop")
def stop(run_id: UUID) -> Response:
    """Let no further batch begin, whatever happened since the page was made: a stop must not wait."""
    retention.stop_run(run_id, actor=current_actor())
    return done("console.retention_run", "run-stopped", run_id=run_id)


@console.form(f"{_RUN}/give-up", guard=_HANDLE, endpoint="retention_run_give_up")
def give_up(run_id: UUID) -> Response:
    """End it; what was done until now stays in its account."""
    retention.cancel_run(run_id, actor=current_actor(), version=read_form(_Step).version)
    return done("console.retention_run", "run-given-up", run_id=run_id)


@console.page(f"{_RUN}/certificate", guard=_READ, endpoint="retention_run_certificate")
def certificate(run_id: UUID) -> Response:
    """The certificate of a run that has ended, as PDF or, with `?as=json`, as JSON."""
    form, ending = _FILES.get(request.args.get("as", ""), _FILES["pdf"])
    number = retention.view_run(run_id).row.number
    made = retention.certificate_of_run(run_id, form, locales=[locale()], base_url=look().base_url)
    return download(made.content, form.value, f"disposal-{number}.{ending}")


def _names(run: RunLine) -> Mapping[UUID, str]:
    """What those are called who prepared it and agreed to it."""
    wanted = {run.prepared_by, *run.agreed_by}
    return {one: found.name for one, found in access.principals(wanted).items()}
