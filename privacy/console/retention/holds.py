"""Legal holds: placed in two steps, so that it is seen whom and what they hold; looked at again; released by two."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import msgspec
from flask import Response, request, url_for

from privacy import clock
from privacy.access import service as access
from privacy.authz.permissions import Permission
from privacy.console.blueprint import console
from privacy.console.counter.sayings import kind_names
from privacy.console.retention import held_people, words
from privacy.db import end_read, unit_of_work
from privacy.errors import InvalidInput
from privacy.http.auth import current_actor
from privacy.legal_time import days
from privacy.pages.blueprint import needs
from privacy.pages.forms import NO_ERRORS, FormErrors, fields_named, read_form
from privacy.pages.languages import gettext as _
from privacy.pages.languages import lazy_gettext, locale, ngettext
from privacy.pages.rendering import done, render
from privacy.pages.tables import Choice, Column, Kind, as_csv, table
from privacy.programme import service as programmes
from privacy.programme.types import OWN_SYSTEM, Programme
from privacy.retention import service as retention
from privacy.retention.service import HoldView, WantedHold

_READ, _HANDLE = needs(Permission.RETENTION_READ), needs(Permission.RETENTION_HANDLE)
_PLACE = needs(Permission.RETENTION_HANDLE, Permission.SUBJECTS_SEARCH)
_RELEASE = needs(Permission.RETENTION_APPROVE, Permission.APPROVALS_GIVE, fresh=True)
console.says_after(
    {
        "hold-placed": lazy_gettext("The hold is in force: from now on nothing that it holds is deleted."),
        "hold-reviewed": lazy_gettext("The hold stands, and is looked at again on the new day."),
        "hold-release-asked": lazy_gettext("A second person has to agree. Until then the hold stays in force."),
        "hold-released": lazy_gettext("The hold is released. Whom it held is deleted from it."),
    }
)


class _Placed(msgspec.Struct, forbid_unknown_fields=True):
    review_on: date
    reason: str = ""
    reference: str = ""
    statute: str = ""
    owner: str = ""
    kind: str = ""
    people: str = ""
    systems: list[str] = []
    categories: list[str] = []


class _Reviewed(msgspec.Struct, forbid_unknown_fields=True):
    review_on: date
    reason: str = ""


class _Asked(msgspec.Struct, forbid_unknown_fields=True):
    why_released: str = ""


class _Agreed(msgspec.Struct, forbid_unknown_fields=True):
    approval: UUID


def _case(hold: HoldView) -> str:
    return " · ".join(one for one in (hold.reference, hold.statute) if one)


def _columns(programme: Programme, today: date) -> tuple[Column[HoldView], ...]:
    def state(hold: HoldView) -> tuple[str, str]:
        if hold.released_at is not None:
            return _("Released"), "no"
        return (_("To be looked at again"), "late") if hold.review_on <= today else (_("In force"), "yes")

    return (
        Column(
            "number",
            lazy_gettext("Number"),
            lambda hold: hold.number,
            link=lambda hold: url_for("console.holds_one", hold_id=hold.id),
        ),
        Column("state", lazy_gettext("State"), lambda hold: state(hold)[0], sign=lambda hold: state(hold)[1]),
        Column("case", lazy_gettext("Case or statute"), _case),
        Column("holds", lazy_gettext("What it holds"), lambda hold: ", ".join(held(hold, programme))),
        Column("owner", lazy_gettext("Owner"), lambda hold: hold.owner),
        Column("review", lazy_gettext("Looked at again on"), lambda hold: hold.review_on, Kind.DAY),
        Column("placed", lazy_gettext("Placed"), lambda hold: hold.placed_at, Kind.MOMENT),
        Column("released", lazy_gettext("Released on"), lambda hold: hold.released_at, Kind.MOMENT),
    )


def held(hold: HoldView, programme: Programme) -> list[str]:
    """What a hold holds: people as a number alone."""
    told = []
    if hold.people:
        told.append(ngettext("%(num)s person", "%(num)s people", hold.people) % {"num": hold.people})
    elif hold.names:
        told.append(_("people who are not known here"))
    told += [words.system_name(programme, code) for code in hold.systems]
    return told + [category_name(programme, code) for code in hold.categories]


def category_name(programme: Programme, code: str) -> str:
    """What a category of data is called, where the programme says so."""
    found = programme.data_categories.get(code)
    return words.named(found.names) if found is not None else code


@console.page("/holds", guard=_READ, endpoint="holds")
def listed() -> Response:
    """Holds in force, those that are to be looked at again, or every one."""
    realm, now, programme = current_actor().realm, clock.micros(), programmes.current()
    which = Choice[HoldView](
        "which",
        lazy_gettext("Which ones"),
        [("force", lazy_gettext("In force")), ("due", lazy_gettext("To be looked at again"))],
    )
    if which.chosen == "due":
        found: Sequence[HoldView] = retention.due_for_review(now, realm=realm)
    else:
        found = _all(released=which.chosen != "force")
    columns = _columns(programme, days.day_of(now, programme.zone))
    shown = table(lazy_gettext("Legal holds"), columns, found, choices=[which])
    return as_csv(shown, "legal-holds") or render("retention/holds.html", table=shown)


def _all(*, released: bool) -> list[HoldView]:
    found: list[HoldView] = []
    after = None
    while some := retention.listed_holds(realm=current_actor().realm, released=released, after=after):
        found += some
        after = some[-1].id
    return found[::-1]


@console.page("/holds/new", guard=_PLACE, endpoint="holds_new")
def new(errors: FormErrors = NO_ERRORS) -> Response:
    """What is to be held, and why."""
    programme = programmes.current()
    return render(
        "retention/new_hold.html",
        errors=errors,
        kinds=kind_names(programme, locale()),
        systems=[(code, words.system_name(programme, code)) for code in (*programme.systems, OWN_SYSTEM)],
        categories=[(code, category_name(programme, code)) for code in programme.data_categories],
        colleagues=[(one.name, one.name) for one in access.list_staff() if one.disabled_at is None],
        me=current_actor().name,
    )


@console.form("/holds/check", guard=_PLACE, again=new, endpoint="holds_check")
def check() -> Response:
    """Show what the hold would hold, before it is placed. Who looked for how many people is in the log."""
    given, actor, programme = read_form(_Placed), current_actor(), programmes.current()
    wanted = _wanted(given, programme)
    retention.ensure_hold_placeable(wanted, actor=actor)
    found = held_people.look_for(wanted, given.kind, actor=actor) if wanted.people else None
    return render(
        "retention/check_hold.html",
        given=[(name, value) for name in request.form if name != "csrf" for value in request.form.getlist(name)],
        wanted=wanted,
        found=found,
        systems=[words.system_name(programme, code) for code in wanted.systems],
        categories=[category_name(programme, code) for code in wanted.categories],
    )


@console.form("/holds/new", guard=_PLACE, again=new, whole=False, endpoint="holds_place")
def place() -> Response:
    """Place it: from the answer on nothing that it holds is deleted, by whatever is under way."""
    given, actor = read_form(_Placed), current_actor()
    wanted = _wanted(given, programmes.current())
    end_read()
    # A deletion that is being made final in another system at this moment ends first.
    with retention.waited(), unit_of_work():
        placed = retention.place_hold(wanted, actor=actor)
    return done("console.holds_one", "hold-placed", hold_id=placed.id)


def _wanted(given: _Placed, programme: Programme) -> WantedHold:
    if given.people and not given.kind:
        raise InvalidInput.of("kind", "Say by what these people are named.")
    actor = current_actor()
    return WantedHold(
        reference=given.reference,
        statute=given.statute,
        owner=given.owner or actor.name,
        review_on=given.review_on,
        reason=given.reason,
        people=held_people.named(programme, actor, given.kind, given.people),
        systems=tuple(given.systems),
        categories=tuple(given.categories),
    )


@console.page("/holds/<uuid:hold_id>", guard=_READ, endpoint="holds_one")
def one(hold_id: UUID, errors: FormErrors = NO_ERRORS) -> Response:
    """One hold; its reason is for who may place and release holds."""
    actor = current_actor()
    hold = retention.view_hold(hold_id, realm=actor.realm)
    asked = None if hold.released_at is not None else retention.release_of_hold_asked(hold_id, realm=actor.realm)
    asker = None if asked is None else access.principals({asked.requested_by}).get(asked.requested_by)
    return render(
        "retention/hold.html",
        hold=hold,
        case=_case(hold),
        held=held(hold, programmes.current()),
        asked=asked,
        asker=asker.name if asker is not None else "",
        asked_by_me=asked is not None and asked.requested_by == actor.id,
        errors=errors,
        due=hold.review_on <= days.day_of(clock.micros(), programmes.current().zone),
    )


@console.form("/holds/<uuid:hold_id>/review", guard=_HANDLE, again=one, endpoint="holds_review")
def review(hold_id: UUID) -> Response:
    """It is needed yet, until a later day."""
    given = read_form(_Reviewed)
    retention.review_hold(hold_id, given.review_on, reason=given.reason, actor=current_actor())
    return done("console.holds_one", "hold-reviewed", hold_id=hold_id)


@console.form("/holds/<uuid:hold_id>/release", guard=_HANDLE, again=one, endpoint="holds_ask_release")
def ask_release(hold_id: UUID) -> Response:
    """The first person asks."""
    given = read_form(_Asked)
    if not given.why_released:
        raise InvalidInput.of("why_released", "Say why it is needed no more.")
    with fields_named(lambda _name: "why_released"):
        retention.request_release_of_hold(hold_id, actor=current_actor(), reason=given.why_released)
    return done("console.holds_one", "hold-release-asked", hold_id=hold_id)


@console.form("/holds/<uuid:hold_id>/released", guard=_RELEASE, endpoint="holds_release")
def release(hold_id: UUID) -> Response:
    """The second person agrees, and it is released."""
    retention.release_hold(hold_id, read_form(_Agreed).approval, actor=current_actor())
    return done("console.holds_one", "hold-released", hold_id=hold_id)
