"""A colleague who lost everything by which they sign in: they ask, and administrators who have seen them agree."""

from __future__ import annotations

from uuid import UUID

import msgspec
from flask import Response

from privacy.access import service as access
from privacy.access.failures import ApprovalNotFound, StaffNotFound, TooManyAttempts
from privacy.access.service import OpenApproval, StaffFacts
from privacy.access.sign_in import service as signing
from privacy.access.sign_in.service import Invitation
from privacy.authz.permissions import Permission
from privacy.console.blueprint import console
from privacy.console.gate import current_staff, network
from privacy.console.sign_in import wait
from privacy.errors import InvalidInput
from privacy.pages.blueprint import OPEN, needs
from privacy.pages.forms import NO_ERRORS, FormErrors, read_form
from privacy.pages.languages import lazy_gettext, locale
from privacy.pages.look import look
from privacy.pages.rendering import done, render

_READ = needs(Permission.STAFF_READ)
_WRITE = needs(Permission.STAFF_WRITE, Permission.STAFF_APPROVE, fresh=True)
_AGREE = needs(Permission.STAFF_APPROVE, fresh=True)
console.says_after(
    {
        "recovery-asked": lazy_gettext(
            "If there is such an account, the administrators see now that you asked. Show yourself to one of them."
        ),
        "recovery-waits": lazy_gettext("Your colleague begins anew once another administrator agrees."),
        "recovery-mailed": lazy_gettext("Your colleague begins anew with the code that went to their mail."),
        "recovery-refused": lazy_gettext("It is refused: your colleague signs in as before."),
    }
)


class _Name(msgspec.Struct, forbid_unknown_fields=True):
    name: str


class _Seen(msgspec.Struct, forbid_unknown_fields=True):
    seen: bool = False
    reason: str = ""


@console.page("/lost", guard=OPEN)
def lost() -> Response:
    """Who lost everything says so here."""
    return render("console/lost.html", errors=NO_ERRORS)


def _lost_again(errors: FormErrors) -> Response:
    return render("console/lost.html", 422, errors=errors)


@console.form("/lost", guard=OPEN, again=_lost_again)
def ask_for_recovery() -> Response:
    """The same answer for every name."""
    try:
        signing.ask_for_recovery(read_form(_Name).name, network())
    except TooManyAttempts as error:
        return _lost_again(wait(error))
    return done("console.sign_in", "recovery-asked")


@console.page("/staff/<uuid:staff_id>/recovery", guard=_READ)
def staff_recovery(staff_id: UUID) -> Response:
    """What a colleague asked for, what would end, and who has to agree."""
    return _page(staff_id, NO_ERRORS)


def _page(staff_id: UUID, errors: FormErrors) -> Response:
    mine = current_staff()
    return render(
        "console/recovery.html",
        errors=errors,
        member=_member(staff_id),
        mine=mine,
        asked_at=signing.asked_at(staff_id),
        waiting=signing.recovery_waiting(staff_id),
        needs_two=signing.recovery_needs_two(staff_id),
        sessions=len(signing.sessions_of(staff_id)),
        factors=len(signing.factors_of(staff_id)) + len(signing.accounts_of(staff_id)),
        may_ask={Permission.STAFF_WRITE, Permission.STAFF_APPROVE} <= mine.actor.permissions,
    )


@console.form("/staff/<uuid:staff_id>/recovery", guard=_WRITE, again=_page)
def recover_staff(staff_id: UUID) -> Response:
    """Let a colleague begin anew, or ask another administrator to agree where there is one."""
    given, actor = read_form(_Seen), current_staff().actor
    if not given.seen:
        raise InvalidInput.of("seen", "See your colleague first, in person or by video, and tick that you have.")
    if signing.recovery_needs_two(staff_id):
        signing.request_recovery(staff_id, actor=actor, reason=given.reason)
        return done("console.staff_one", "recovery-waits", staff_id=staff_id)
    signing.recover_alone(staff_id, actor=actor, base_url=look().base_url, locale=locale())
    return done("console.staff_one", "recovery-mailed", staff_id=staff_id)


@console.form("/staff/<uuid:staff_id>/recovery/agree", guard=_AGREE)
def agree_to_recovery(staff_id: UUID) -> Response:
    """The second administrator agrees: everything ends, and there is a code to begin anew."""
    waiting = _waiting(staff_id)
    actor = current_staff().actor
    return _invited(signing.recover(staff_id, waiting.id, actor=actor, base_url=look().base_url, locale=locale()))


@console.form("/staff/<uuid:staff_id>/recovery/refuse", guard=_AGREE)
def refuse_recovery(staff_id: UUID) -> Response:
    """The second administrator refuses: nothing changes."""
    access.refuse(_waiting(staff_id).id, actor=current_staff().actor, permission=Permission.STAFF_APPROVE)
    return done("console.staff_one", "recovery-refused", staff_id=staff_id)


def _member(staff_id: UUID) -> StaffFacts:
    found = next((one for one in access.list_staff() if one.id == staff_id and one.disabled_at is None), None)
    if found is None:
        raise StaffNotFound
    return found


def _waiting(staff_id: UUID) -> OpenApproval:
    waiting = signing.recovery_waiting(staff_id)
    if waiting is None:
        raise ApprovalNotFound
    return waiting


def _invited(invitation: Invitation) -> Response:
    return render("console/invitation.html", invitation=invitation)
