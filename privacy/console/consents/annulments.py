"""Annulments: choose acts that should never have been recorded, see whom that concerns, ask, advise, decide by two."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any
from uuid import UUID

import msgspec
from babel.support import LazyProxy
from flask import Response, request, url_for
from msgspec import Meta

from privacy import clock
from privacy.access import service as access
from privacy.authz.permissions import Permission
from privacy.consent import service as consent
from privacy.consent.service import ActKind, AnnulmentState, AnnulmentView, Filter, Opinion
from privacy.console.blueprint import console
from privacy.console.consent_charts import channel_name, purpose_name
from privacy.console.consents import words
from privacy.console.consents.explorer import COUNT_COLUMNS, READ
from privacy.db import end_read
from privacy.errors import InvalidInput
from privacy.http.auth import current_actor
from privacy.pages.blueprint import needs
from privacy.pages.forms import NO_ERRORS, FormErrors, read_form
from privacy.pages.languages import day_text, lazy_gettext
from privacy.pages.languages import gettext as _
from privacy.pages.rendering import done, render
from privacy.pages.tables import Choice, Column, Kind, Table, as_csv, table
from privacy.programme import service as programmes

_ASK = needs(*READ.permissions, Permission.CONSENTS_ANNUL)
_ASK_FRESH = needs(*_ASK.permissions, fresh=True)
_DECIDE = needs(*_ASK.permissions, Permission.APPROVALS_GIVE, fresh=True)
_ADVISE = needs(*READ.permissions)
console.says_after(
    {
        "annulment-asked": lazy_gettext("It is asked for. Until a second person decides, nothing has changed."),
        "annulment-advised": lazy_gettext("The opinion is written down."),
        "annulment-done": lazy_gettext("The acts have no effect any more. They stay on record, with the reason."),
        "annulment-refused": lazy_gettext("It is refused. Nothing has changed."),
    }
)
#: The word, and the sign before it.
_STATES: Mapping[AnnulmentState, tuple[LazyProxy, str]] = {
    AnnulmentState.OPEN: (lazy_gettext("Waits for a decision"), "wait"),
    AnnulmentState.DONE: (lazy_gettext("Annulled"), "yes"),
    AnnulmentState.REFUSED: (lazy_gettext("Refused by the second person"), "no"),
    AnnulmentState.EXPIRED: (lazy_gettext("Nobody decided in time"), "late"),
}
_OPINIONS: Mapping[Opinion, tuple[LazyProxy, str]] = {
    Opinion.AGREES: (lazy_gettext("Agrees"), "yes"),
    Opinion.AGREES_IF: (lazy_gettext("Agrees on conditions"), "wait"),
    Opinion.OBJECTS: (lazy_gettext("Advises against it"), "late"),
}
_NOES = (ActKind.REFUSE, ActKind.WITHDRAW, ActKind.OBJECT)
#: Which kinds of acts are meant.
_KINDS: Mapping[str, tuple[tuple[ActKind, ...], LazyProxy]] = {
    "": (Filter().acts, lazy_gettext("Consents, requests for them and confirmations")),
    "no": (_NOES, lazy_gettext("Refusals, withdrawals and objections")),
}
#: Fields of the address that narrow by what stands in acts.
_CODES = ("purpose", "channel", "source_system", "source_point", "wording_code", "wording_version")
_FIELDS = (*_CODES, "kind", "from", "to", "act")
_ONE_DAY = timedelta(days=1)
_COLUMNS: tuple[Column[AnnulmentView], ...] = (
    Column(
        "asked",
        lazy_gettext("Asked for on"),
        lambda one: one.asked_at,
        Kind.MOMENT,
        link=lambda one: url_for("console.annulments_one", annulment_id=one.id),
    ),
    Column("acts", lazy_gettext("Acts"), lambda one: one.acts, Kind.NUMBER),
    Column("reason", lazy_gettext("Why"), lambda one: one.reason),
    Column(
        "opinion",
        lazy_gettext("Opinion of the officer"),
        lambda one: _OPINIONS[one.advice[0].opinion][0] if one.advice else "",
        order=lambda one: one.advice[0].opinion if one.advice else None,
        sign=lambda one: _OPINIONS[one.advice[0].opinion][1] if one.advice else None,
    ),
    Column(
        "state",
        lazy_gettext("State"),
        lambda one: _STATES[one.state][0],
        order=lambda one: one.state,
        sign=lambda one: _STATES[one.state][1],
    ),
    Column("decided", lazy_gettext("Decided on"), lambda one: one.decided_at, Kind.MOMENT),
)


class _Asked(msgspec.Struct, forbid_unknown_fields=True):
    reason: Annotated[str, Meta(min_length=3, max_length=200)]


class _Advised(msgspec.Struct, forbid_unknown_fields=True):
    opinion: Opinion
    words: Annotated[str, Meta(min_length=3, max_length=2_000)]


class _Decided(msgspec.Struct, forbid_unknown_fields=True):
    without_opinion: bool = False


@console.page("/annulments", guard=READ, endpoint="annulments")
def listed() -> Response:
    """Every annulment that was asked for, the newest first."""
    options = [(state.value, text) for state, (text, _sign) in _STATES.items()]
    state = Choice[AnnulmentView]("state", lazy_gettext("State"), options, lambda one, value: one.state == value)
    found = consent.annulments(realm=current_actor().realm)
    shown = table(lazy_gettext("Annulments"), _COLUMNS, found, choices=[state])
    end_read()
    return as_csv(shown, "annulments") or render("consents/annulments.html", table=shown)


@console.page("/annulments/new", guard=_ASK, endpoint="annulments_new")
def new(errors: FormErrors = NO_ERRORS) -> Response:
    """Choose the acts, and see whom it concerns, before anything is asked."""
    concerned = None
    if _address():
        try:
            concerned = consent.concerned_by(consent.matching(_wanted(), realm=current_actor().realm.value))
        except InvalidInput as error:
            found = FormErrors.of(error)
            # A filter has no field of that name: it is about the form as a whole.
            errors = FormErrors({"body" if name == "filter" else name: text for name, text in found.errors.items()})
    rows = _rows(concerned, "console.annulments_new", **_address())
    if rows and (file := as_csv(rows, "annulment")) is not None:
        return file
    programme, every = programmes.current(), [("", _("All"))]
    values: dict[str, Any] = {
        "errors": errors,
        "given": {name: request.args.get(name, "") for name in _FIELDS},
        "purposes": every + [(code, purpose_name(code)) for code in sorted(programme.purposes)],
        "channels": every + [(code, channel_name(code)) for code in sorted(programme.channels)],
        "kinds": [(code, text) for code, (_kinds, text) in _KINDS.items()],
        "concerned": concerned,
        "rows": rows,
        "reasons": _reasons(concerned) if concerned else [],
        "columns": words.ACT_COLUMNS,
        "address": url_for("console.annulments_ask", **_address()),
    }
    end_read()
    return render("consents/annulment_new.html", 422 if errors else 200, **values)


@console.form("/annulments", guard=_ASK_FRESH, again=new, endpoint="annulments_ask")
def ask() -> Response:
    """Ask for it; a second person decides."""
    given = read_form(_Asked)
    approval_id, _acts = consent.request_annulment(_wanted(), actor=current_actor(), reason=given.reason)
    return done("console.annulments_one", "annulment-asked", annulment_id=approval_id)


@console.page("/annulments/<uuid:annulment_id>", guard=READ, endpoint="annulments_one")
def one(annulment_id: UUID, errors: FormErrors = NO_ERRORS) -> Response:
    """One annulment: what is meant, whom it concerns, what was advised and decided."""
    actor = current_actor()
    view = consent.annulment(annulment_id, realm=actor.realm)
    is_open = view.state is AnnulmentState.OPEN
    concerned = _concerned(view) if is_open else None
    rows = _rows(concerned, "console.annulments_one", annulment_id=annulment_id)
    if rows and (file := as_csv(rows, "annulment")) is not None:
        return file
    people = {view.asked_by, *(advice.by for advice in view.advice), *([view.decided_by] if view.decided_by else [])}
    values: dict[str, Any] = {
        "one": view,
        "errors": errors,
        "state": _STATES[view.state],
        "opinions": _OPINIONS,
        "names": {staff_id: found.name for staff_id, found in access.principals(people).items()},
        "meant": _meant(view.filter),
        "concerned": concerned,
        "rows": rows,
        "reasons": _reasons(concerned) if concerned else [],
        "columns": words.ACT_COLUMNS,
        "changed": is_open and (concerned is None or concerned.acts != view.acts),
        "may_advise": is_open and access.is_officer(actor.id),
        "may_decide": is_open and _DECIDE.permissions <= actor.permissions and view.asked_by != actor.id,
        "asked_myself": is_open and view.asked_by == actor.id,
    }
    end_read()
    return render("consents/annulment.html", 422 if errors else 200, **values)


@console.form("/annulments/<uuid:annulment_id>/opinion", guard=_ADVISE, again=one, endpoint="annulments_advise")
def advise(annulment_id: UUID) -> Response:
    """What the data protection officer thinks of it."""
    given = read_form(_Advised)
    consent.advise_on_annulment(annulment_id, given.opinion, given.words, actor=current_actor())
    return done("console.annulments_one", "annulment-advised", annulment_id=annulment_id)


@console.form("/annulments/<uuid:annulment_id>/approve", guard=_DECIDE, again=one, endpoint="annulments_approve")
def approve(annulment_id: UUID) -> Response:
    """The second person approves, and the acts lose their effect at once, all or none."""
    given, actor = read_form(_Decided), current_actor()
    view = consent.annulment(annulment_id, realm=actor.realm)
    if not view.advice and not given.without_opinion:
        raise InvalidInput.of("without_opinion", "The data protection officer has not given an opinion yet.")
    consent.annul(view.filter, annulment_id, actor=actor, reason=view.reason)
    return done("console.annulments_one", "annulment-done", annulment_id=annulment_id)


@console.form("/annulments/<uuid:annulment_id>/refuse", guard=_DECIDE, again=one, endpoint="annulments_refuse")
def refuse(annulment_id: UUID) -> Response:
    """The second person refuses."""
    consent.refuse_annulment(annulment_id, actor=current_actor())
    return done("console.annulments_one", "annulment-refused", annulment_id=annulment_id)


def _address() -> dict[str, Any]:
    """What the page's own address says of the acts, codes only."""
    return {name: request.args[name] for name in _FIELDS if request.args.get(name)}


def _wanted() -> Filter:
    """The acts that the address means; raises `InvalidInput`."""
    given = request.args
    if text := given.get("act", ""):
        try:
            return Filter(act_id=consent.reveal_act(current_actor(), UUID(text)))
        except ValueError:
            raise InvalidInput.of("body", "Please look at this again.") from None
    codes: dict[str, Any] = {name: given[name] for name in _CODES if given.get(name)}
    first, last = _day("from"), _day("to")
    return Filter(
        **codes,
        acts=_KINDS.get(given.get("kind", ""), _KINDS[""])[0],
        received_from=_begin_of(first) if first else None,
        received_before=_begin_of(last + _ONE_DAY) if last else None,
    )


def _day(name: str) -> date | None:
    text = request.args.get(name, "")
    try:
        found = date.fromisoformat(text) if text else None
    except ValueError:
        raise InvalidInput.of(name, "Give a day like 2026-11-30.") from None
    if found is not None and not date(2000, 1, 1) <= found <= date(2200, 1, 1):
        raise InvalidInput.of(name, "Give a day like 2026-11-30.")
    return found


def _begin_of(day: date) -> int:
    return clock.to_micros(datetime.combine(day, time(), programmes.current().zone))


def _concerned(view: AnnulmentView) -> consent.Concerned | None:
    """Whom it concerns now; None where so many acts match by now that it cannot be what was asked for."""
    try:
        return consent.concerned_by(consent.matching(view.filter, realm=current_actor().realm.value))
    except InvalidInput:
        return None


def _rows(concerned: consent.Concerned | None, endpoint: str, **values: Any) -> Table[consent.CountedActs] | None:
    """What would be annulled, as a table of that page."""
    if concerned is None:
        return None
    return table(lazy_gettext("What would be annulled"), COUNT_COLUMNS, concerned.rows, endpoint=endpoint, **values)


def _reasons(concerned: consent.Concerned) -> list[tuple[str, int]]:
    """How many have an effect now, and why the others have none."""
    return [
        (words.without_effect(reason) if reason else _("Taken into account now"), number)
        for reason, number in concerned.reasons
    ]


def _meant(wanted: Filter) -> list[tuple[str, str]]:
    """The filter in words."""
    kinds = next((text for acts, text in _KINDS.values() if acts == wanted.acts), None)
    days = (
        (_("Received from"), wanted.received_from),
        (_("Received until"), wanted.received_before - 1 if wanted.received_before else None),
    )
    told = [
        (_("Purpose"), purpose_name(wanted.purpose) if wanted.purpose else None),
        (_("Channel"), channel_name(wanted.channel) if wanted.channel else None),
        (_("Source"), words.system(wanted.source_system) if wanted.source_system else None),
        (_("Place of collection"), wanted.source_point),
        (_("Wording"), wanted.wording_code),
        (_("Version"), wanted.wording_version),
        *((head, day_text(at) if at else None) for head, at in days),
    ]
    if wanted.act_id is not None:
        return [(_("Kinds of acts"), _("One single act"))]
    listed = str(kinds) if kinds else ", ".join(str(words.ACTS[kind]) for kind in wanted.acts)
    return [(_("Kinds of acts"), listed), *((head, value) for head, value in told if value)]
