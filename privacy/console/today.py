"""What is due today, each from the room that knows it, and only what this member of staff may see."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from flask import url_for

from privacy import clock
from privacy.audit import service as audit
from privacy.authz.actors import Actor
from privacy.authz.permissions import Permission
from privacy.breach import service as breach
from privacy.breach.service import Standing
from privacy.consent import service as consent
from privacy.console.breaches.words import clock_text
from privacy.console.requests.words import KINDS
from privacy.console.systems.standing import standings
from privacy.dsar import service as dsar
from privacy.dsar.service import CaseType
from privacy.jobs import service as jobs
from privacy.pages.languages import day_text, locale, moment_text, ngettext, number_text
from privacy.pages.languages import gettext as _
from privacy.programme.service import NoProgramme
from privacy.retention import service as retention

#: Lines of one part; the rest is a number.
_MOST = 10
#: Acts without effect are counted up to so many.
_MOST_ACTS = 1_000


@dataclass(frozen=True)
class Line:
    """One thing that waits."""

    text: str
    #: How it stands in a word, and the sort of that word for `state` of the macros: `late`, `wait`, `yes`.
    state: str
    kind: str
    #: When it must be done, in microseconds; a page counts down to it.
    due_at: int | None = None
    #: Where it is dealt with.
    to: str | None = None


@dataclass(frozen=True)
class Part:
    """Things of one sort."""

    code: str
    title: str
    #: Said where there is nothing.
    nothing: str
    lines: tuple[Line, ...]
    #: How many there are beside those told.
    more: int = 0


def parts(actor: Actor, now: int) -> list[Part]:
    """Every part that the actor may see; what belongs to a programme is empty before there is one."""
    made: list[tuple[Permission, Callable[[Actor, int], Part]]] = [
        (Permission.REQUESTS_READ, _requests),
        (Permission.BREACHES_READ, _breaches),
        (Permission.RETENTION_READ, _runs),
        (Permission.RETENTION_READ, _holds),
        (Permission.JOBS_READ, _alarms),
        (Permission.JOBS_READ, _failing),
        (Permission.PROGRAMME_READ, _systems),
        (Permission.AUDIT_READ, _log),
        (Permission.CONSENTS_READ, _acts),
    ]
    return [make(actor, now) for permission, make in made if permission in actor.permissions]


def _part(code: str, title: str, nothing: str, lines: Iterator[Line]) -> Part:
    found = list(lines)
    return Part(code, title, nothing, tuple(found[:_MOST]), max(len(found) - _MOST, 0))


def _requests(actor: Actor, _now: int) -> Part:
    def lines() -> Iterator[Line]:
        try:
            page = dsar.page(dsar.Asked(is_open=True, limit=50), actor=actor)
        except NoProgramme:
            return
        for one in page.requests:
            left = one.days_left or 0
            kind = KINDS[CaseType(one.row.case_type)]
            said = {"number": one.row.number, "kind": kind, "day": day_text(one.due_on)}
            text = _("%(kind)s, request %(number)s, due on %(day)s") % said
            to = url_for("console.requests_one", request_id=one.row.id)
            if left < 0:
                late = ngettext("%(num)s day late", "%(num)s days late", -left) % {"num": -left}
                yield Line(text, late, "late", to=to)
            elif left == 0:
                yield Line(text, _("today"), "late", to=to)
            else:
                days = ngettext("%(num)s day left", "%(num)s days left", left) % {"num": left}
                yield Line(text, days, "wait", to=to)

    return _part("requests", _("Requests by due date"), _("No request is open."), lines())


def _breaches(actor: Actor, now: int) -> Part:
    words = {Standing.OVER: (_("over"), "late"), Standing.NEAR: (_("soon over"), "late")}

    def lines() -> Iterator[Line]:
        for one in sorted(breach.running_clocks(now, realm=actor.realm), key=lambda one: one.due_at):
            number = _("%(number)s (rehearsal)") % {"number": one.number} if one.rehearsal else one.number
            said = {"number": number, "clock": clock_text(one.code), "moment": moment_text(one.due_at)}
            text = _("Breach %(number)s, %(clock)s until %(moment)s") % said
            to = url_for("console.breaches_one", breach_id=one.breach_id)
            yield Line(text, *words.get(one.standing, (_("running"), "wait")), one.due_at, to)

    return _part("breaches", _("Clocks of breaches"), _("No clock of a breach is running."), lines())


def _runs(_actor: Actor, _now: int) -> Part:
    def lines() -> Iterator[Line]:
        for run in retention.runs_to_approve():
            agreed = sum(one is not None for one in (run.first_by, run.second_by))
            said = {"number": run.number, "agreed": agreed, "wanted": run.approvals}
            text = _("Run %(number)s: %(agreed)s of %(wanted)s have agreed") % said
            yield Line(text, _("waits"), "wait", to=url_for("console.retention_run", run_id=run.id))

    return _part("runs", _("Disposal awaiting approval"), _("No disposal run waits for approval."), lines())


def _holds(actor: Actor, now: int) -> Part:
    def lines() -> Iterator[Line]:
        try:
            found = retention.due_for_review(now, realm=actor.realm)
        except NoProgramme:
            return
        for hold in found:
            said = {"number": hold.number, "day": day_text(hold.review_on)}
            text = _("Hold %(number)s, to be reviewed by %(day)s") % said
            yield Line(text, _("due"), "late", to=url_for("console.holds_one", hold_id=hold.id))

    return _part("holds", _("Holds to review"), _("No hold is to be reviewed."), lines())


def _alarms(_actor: Actor, _now: int) -> Part:
    def lines() -> Iterator[Line]:
        for alarm in jobs.alarms():
            if alarm.acknowledged_at is None:
                words = jobs.said(alarm.code, locale()).rstrip(".")
                said = {"what": words, "about": alarm.about, "moment": moment_text(alarm.raised_at)}
                text = _("%(what)s (%(about)s), since %(moment)s") % said
                yield Line(text, _("rings"), "late", to=url_for("console.alarms"))

    return _part("alarms", _("Alarms that nobody acknowledged"), _("No alarm rings."), lines())


def _failing(_actor: Actor, _now: int) -> Part:
    def lines() -> Iterator[Line]:
        for one in jobs.standings():
            if one.failures:
                said = {"name": one.name, "count": number_text(one.failures)}
                text = _("%(name)s failed %(count)s times, one after another") % said
                yield Line(text, _("fails"), "late", to=url_for("console.jobs_one", job=one.name))

    return _part("jobs", _("What does not work"), _("All work in the background is done."), lines())


def _systems(_actor: Actor, _now: int) -> Part:
    words = {"failing": _("down"), "missing": _("not connected")}

    def lines() -> Iterator[Line]:
        try:
            found = standings()
        except NoProgramme:
            return
        for one in found:
            if one.state in words:
                to = url_for("console.systems_one", system_code=one.system.code)
                yield Line(one.name, words[one.state], "late", to=to)

    return _part("systems", _("Systems down"), _("Every system that was tried answers."), lines())


def _log(_actor: Actor, now: int) -> Part:
    def lines() -> Iterator[Line]:
        try:
            published, at = audit.is_published(), audit.newest_checkpoint().published_at
        except (audit.LogNotOpened, audit.CheckpointNotFound):
            return
        text = _("Last signed on %(moment)s") % {"moment": moment_text(at)}
        to = url_for("console.log")
        yield Line(text, _("goes on"), "yes", to=to) if published else Line(text, _("stands still"), "late", now, to)

    return _part("log", _("The log"), _("The log was not signed yet."), lines())


def _acts(actor: Actor, _now: int) -> Part:
    def lines() -> Iterator[Line]:
        number = consent.acts_without_effect(realm=actor.realm, most=_MOST_ACTS)
        if number:
            said = {"num": number_text(number)}
            text = ngettext("%(num)s act has no effect", "%(num)s acts have no effect", number) % said
            if number >= _MOST_ACTS:
                text = _("%(num)s acts or more have no effect") % said
            yield Line(text, _("waits"), "wait", to=url_for("console.idle_acts"))

    return _part("acts", _("Acts without effect"), _("No act waits for a review."), lines())


def left(due_at: int, now: int) -> tuple[int, int]:
    """Whole hours and minutes until then; negative once it is over."""
    minutes = (due_at - now) // clock.MINUTE
    sign = -1 if minutes < 0 else 1
    return sign * (abs(minutes) // 60), sign * (abs(minutes) % 60)
