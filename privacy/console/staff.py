"""Who works here: what each may do, given and ended, and the authorisation on paper."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from uuid import UUID

import msgspec
from flask import Response

from privacy import clock
from privacy.access import service as access
from privacy.access.authorisation import authorisation
from privacy.access.failures import StaffNotFound
from privacy.access.service import GrantFacts, StaffFacts
from privacy.access.sign_in import service as signing
from privacy.authz.permissions import Permission
from privacy.authz.roles import StaffRole
from privacy.console.blueprint import console
from privacy.console.gate import current_staff
from privacy.console.provider import linked_by_hand
from privacy.errors import InvalidInput
from privacy.pages.blueprint import needs
from privacy.pages.forms import NO_ERRORS, FormErrors, read_form
from privacy.pages.languages import lazy_gettext, locale
from privacy.pages.look import look
from privacy.pages.rendering import done, download, render
from privacy.programme import service as programmes

_READ, _WRITE = needs(Permission.STAFF_READ), needs(Permission.STAFF_WRITE, fresh=True)
_AGREE = needs(Permission.STAFF_APPROVE, fresh=True)
ROLE_NAMES = {
    StaffRole.CONTROLLER: lazy_gettext("Decides for the controller"),
    StaffRole.PRIVACY_OFFICE: lazy_gettext("Privacy office"),
    StaffRole.DPO: lazy_gettext("Data protection officer"),
    StaffRole.AGENT: lazy_gettext("Agent at the counter or on the phone"),
    StaffRole.ADMINISTRATOR: lazy_gettext("Administrator of the service"),
    StaffRole.INSPECTOR: lazy_gettext("Inspector, reads only"),
}
console.says_after(
    {
        "granted": lazy_gettext("The authorisation counts from now on."),
        "grant-asked": lazy_gettext("It counts once another administrator agrees."),
        "staff-disabled": lazy_gettext("The colleague has left: their sessions and keys ended at this moment."),
        "grant-ended": lazy_gettext("The authorisation is over, and so is every session of its holder."),
        "colleague-linked": lazy_gettext("The account is linked: your colleague may sign in by it."),
    }
)


class _Grant(msgspec.Struct, forbid_unknown_fields=True):
    role: StaffRole
    reason: str
    scope: str = access.EVERY_CONTROLLER
    until: str = ""


class _Subject(msgspec.Struct, forbid_unknown_fields=True):
    subject: str


@console.page("/staff", guard=_READ)
def staff() -> Response:
    """Everybody, with the roles in which they act now."""
    now, roles = clock.micros(), dict[UUID, list[object]]()
    for grant in access.grants():
        if grant.in_force(now):
            roles.setdefault(grant.staff_id, []).append(ROLE_NAMES[grant.role])
    asked = signing.recoveries_asked()
    return render("console/staff.html", members=access.list_staff(), roles=roles, asked=asked)


@console.page("/staff/<uuid:staff_id>", guard=_READ)
def staff_one(staff_id: UUID) -> Response:
    """One member of staff, with every authorisation they had."""
    return _one(staff_id)


def _one(staff_id: UUID, errors: FormErrors = NO_ERRORS) -> Response:
    member = _member(staff_id)
    return render(
        "console/staff_one.html",
        errors=errors,
        member=member,
        grants=access.grants(staff_id),
        now=clock.micros(),
        role_names=ROLE_NAMES,
        controllers=programmes.current().controllers,
        mine=current_staff(),
        asked_at=signing.asked_at(staff_id),
        signs_in=signing.signs_in(staff_id),
        may_write=Permission.STAFF_WRITE in current_staff().actor.permissions and staff_id != current_staff().staff_id,
        may_agree=Permission.STAFF_APPROVE in current_staff().actor.permissions,
    )


@console.form("/staff/<uuid:staff_id>/grants", guard=_WRITE, again=_one)
def give_grant(staff_id: UUID) -> Response:
    """Authorise, or ask another administrator to agree where the role takes two."""
    given, actor = read_form(_Grant), current_staff().actor
    if given.scope != access.EVERY_CONTROLLER and given.scope not in programmes.current().controllers:
        raise InvalidInput.of("scope", "The programme has no controller of that code.")
    wanted = access.Wanted(given.role, given.reason, given.scope, valid_until=_end_of(given.until))
    if access.needs_two(given.role, actor=actor):
        access.ask_for_grant(staff_id, wanted, actor=actor)
        return done("console.staff_one", "grant-asked", staff_id=staff_id)
    access.grant(staff_id, wanted, actor=actor)
    return done("console.staff_one", "granted", staff_id=staff_id)


@console.form("/staff/grants/<uuid:grant_id>/agree", guard=_AGREE)
def agree_to_grant(grant_id: UUID) -> Response:
    """The second person agrees."""
    agreed = access.agree_to_grant(grant_id, actor=current_staff().actor)
    return done("console.staff_one", "granted", staff_id=agreed.staff_id)


@console.form("/staff/grants/<uuid:grant_id>/end", guard=_WRITE)
def end_grant(grant_id: UUID) -> Response:
    """The authorisation is over at once."""
    ended = access.end_grant(grant_id, actor=current_staff().actor)
    return done("console.staff_one", "grant-ended", staff_id=ended.staff_id)


@console.page("/staff/grants/<uuid:grant_id>/authorisation", guard=_READ)
def print_grant(grant_id: UUID) -> Response:
    """The authorisation on paper."""
    grant = access.grant_of(grant_id)
    controllers = {code: one.name for code, one in programmes.current().controllers.items()}
    content = authorisation(grant, locale(), controllers=controllers, names=_names(grant))
    return download(content, "application/pdf", f"authorisation-{grant.number}.pdf")


@console.form("/staff/<uuid:staff_id>/invite", guard=_WRITE)
def invite(staff_id: UUID) -> Response:
    """A code with which a new colleague signs in for the first time."""
    invitation = signing.invite(staff_id, actor=current_staff().actor, base_url=look().base_url, locale=locale())
    return render("console/invitation.html", invitation=invitation)


@console.form("/staff/<uuid:staff_id>/account", guard=_WRITE, again=_one)
def link_for_colleague(staff_id: UUID) -> Response:
    """An account at the provider, by which a new colleague signs in from the first day."""
    account = linked_by_hand(read_form(_Subject).subject)
    signing.link_account(staff_id, account, actor=current_staff().actor)
    return done("console.staff_one", "colleague-linked", staff_id=staff_id)


@console.form("/staff/<uuid:staff_id>/disable", guard=_WRITE)
def disable_staff(staff_id: UUID) -> Response:
    """End a colleague's access at once and for good."""
    access.disable_staff(staff_id, actor=current_staff().actor)
    return done("console.staff_one", "staff-disabled", staff_id=staff_id)


def _member(staff_id: UUID) -> StaffFacts:
    found = next((one for one in access.list_staff() if one.id == staff_id), None)
    if found is None:
        raise StaffNotFound
    return found


def _names(grant: GrantFacts) -> dict[UUID, str]:
    wanted = {one for one in (grant.granted_by, grant.agreed_by) if one is not None}
    return {one: found.name for one, found in access.principals(wanted).items()}


def _end_of(day: str) -> int | None:
    """The first moment after a day, where the installation is."""
    if not day:
        return None
    try:
        next_day = date.fromisoformat(day) + timedelta(days=1)
    except (ValueError, OverflowError):
        raise InvalidInput.of("until", "The day is written as 2026-12-31.") from None
    return clock.to_micros(datetime.combine(next_day, time(), look().zone()))
