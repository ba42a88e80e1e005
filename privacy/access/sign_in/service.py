"""Signing in, step by step: a password or an invitation, then a second factor, then a session.

Every answer to somebody who is not inside yet is the same and costs the same, whether or not the name exists. What
failed returns None instead of raising, so that the attempt stays counted in the caller's unit of work.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from uuid import UUID

from privacy.access.failures import WrongFactor
from privacy.access.sign_in import attempts, factors, members, passwords, sessions, steps
from privacy.access.sign_in.accounts import (
    Account,
    LinkedAccount,
    account_to_link,
    accounts_of,
    begin_account,
    link_own_account,
    prove_by_account,
    sign_in_by_account,
    unlink_account,
)
from privacy.access.sign_in.attempts import Attempt
from privacy.access.sign_in.factors import (
    FactorFacts,
    FactorKind,
    address_for_app,
    make_recovery_codes,
    recovery_codes_left,
)
from privacy.access.sign_in.invitations import (
    Enrolled,
    Enrolling,
    Invitation,
    begin_invitation,
    enrol,
    enrolling,
    give_invitation,
    invite,
    is_invited,
    link_account,
    signs_in,
)
from privacy.access.sign_in.passkeys import (
    Challenge,
    Site,
    add_passkey,
    begin_new_passkey,
    begin_passkey,
    begin_passkey_factor,
    give_passkey,
    prove_by_passkey,
    sign_in_by_passkey,
)
from privacy.access.sign_in.passwords import hashed as hash_password
from privacy.access.sign_in.recoveries import (
    ask_for_recovery,
    asked_at,
    recover,
    recover_alone,
    recoveries_asked,
    recovery_needs_two,
    recovery_waiting,
    request_recovery,
)
from privacy.access.sign_in.sessions import (
    EndedWhy,
    ListedSession,
    OpenedSession,
    StaffSessionFacts,
    Way,
    browser_of,
    end_all,
    end_session,
    is_to_be_noted,
    note_use,
    session_of,
)
from privacy.access.sign_in.steps import StepKind

__all__ = [
    "Account",
    "Challenge",
    "EndedWhy",
    "Enrolled",
    "Enrolling",
    "FactorFacts",
    "FactorKind",
    "Invitation",
    "LinkedAccount",
    "ListedSession",
    "OpenedSession",
    "PasswordTry",
    "Site",
    "StaffSessionFacts",
    "Way",
    "account_to_link",
    "accounts_of",
    "add_app",
    "add_passkey",
    "address_for_app",
    "ask_for_recovery",
    "asked_at",
    "begin_account",
    "begin_app",
    "begin_change",
    "begin_invitation",
    "begin_new_passkey",
    "begin_passkey",
    "begin_passkey_factor",
    "begin_password",
    "browser_of",
    "change_password",
    "end_all",
    "end_others",
    "end_session",
    "enrol",
    "enrolling",
    "factors_of",
    "give_factor",
    "give_invitation",
    "give_passkey",
    "give_password",
    "hash_password",
    "invite",
    "is_invited",
    "is_to_be_noted",
    "link_account",
    "link_own_account",
    "make_recovery_codes",
    "note_use",
    "prove_again",
    "prove_by_account",
    "prove_by_passkey",
    "recover",
    "recover_alone",
    "recoveries_asked",
    "recovery_codes_left",
    "recovery_needs_two",
    "recovery_waiting",
    "remove_factor",
    "request_recovery",
    "session_of",
    "sessions_of",
    "sign_in_by_account",
    "sign_in_by_passkey",
    "signs_in",
    "unlink_account",
]


@dataclass(frozen=True)
class PasswordTry:
    """A password that was counted as an attempt, and is to be compared outside any transaction."""

    attempt: Attempt
    staff_id: UUID | None
    _phc: str = field(repr=False)

    def fits(self, password: str) -> bool:
        """Whether it is the right one. Takes long, and as long where nobody has the name; asks no database."""
        return passwords.fits(password, self._phc)

    def still_counts(self) -> bool:
        """Whether what was compared is what is kept now: the password may have been changed meanwhile."""
        return passwords.hash_of(self.staff_id) == self._phc


def begin_password(name: str, network: str | None) -> PasswordTry:
    """Count an attempt with name and password, before anything is compared. Raises `TooManyAttempts`.

    Then ask what it `fits` outside any transaction, and go on with `give_password` in a unit of work of its own.
    """
    attempt = attempts.begin(name, network)
    staff_id = members.id_of(name)
    return PasswordTry(attempt, staff_id, passwords.hash_of(staff_id))


def give_password(tried: PasswordTry, *, fits: bool) -> str | None:
    """The first step, with what the password was found to be; the token of the next step, None where it is wrong."""
    if not (fits and tried.still_counts()):
        members.failed(tried.staff_id, "password")
        return None
    attempts.passed(tried.attempt)
    return steps.begin(StepKind.FACTOR, tried.staff_id, {})


def give_factor(token: str, code: str, browser: str, network: str | None) -> OpenedSession | None:
    """The second step, with a code of the app or a recovery code; None where it is not right, or too late.

    The step stays for another try, as often as the name may try at all. Raises `TooManyAttempts`.
    """
    step = steps.look(token, StepKind.FACTOR)
    if step is None or step.staff_id is None:
        return None
    who = members.member(step.staff_id)
    attempt = attempts.begin(who.name, network)
    actor = members.as_actor(who)
    if not (factors.take_code(who.id, code) or factors.take_recovery_code(who.id, code, actor=actor)):
        members.failed(who.id, "factor")
        return None
    if not steps.end(token):
        return None
    attempts.succeeded(attempt)
    return sessions.open_session(who.id, Way.PASSWORD, browser, actor=actor)


def prove_again(found: StaffSessionFacts, code: str, network: str | None) -> OpenedSession | None:
    """Somebody inside gives a code once more: a new token for the session, fresh for some minutes. None: it is wrong.

    Raises `TooManyAttempts`.
    """
    attempt = attempts.begin(found.name, network)
    if not factors.take_code(found.staff_id, code):
        members.failed(found.staff_id, "factor")
        return None
    attempts.succeeded(attempt)
    return sessions.renew(found.id, Way.PASSWORD, actor=found.actor)


def begin_change(found: StaffSessionFacts, new: str, network: str | None) -> PasswordTry:
    """Count an attempt to change one's own password; as `begin_password`.

    Raises `TooManyAttempts`, `InvalidInput` for a new one that is no good.
    """
    passwords.ensure_good(new, found.name, field="new")
    attempt = attempts.begin(found.name, network)
    return PasswordTry(attempt, found.staff_id, passwords.hash_of(found.staff_id))


def change_password(found: StaffSessionFacts, tried: PasswordTry, phc: str, *, fits: bool) -> bool:
    """Change one's own password to what `hash_password` made of it; every other session ends.

    `fits`: what the old one was found to be. False where it is wrong.
    """
    if not (fits and tried.still_counts()):
        members.failed(found.staff_id, "password")
        return False
    attempts.succeeded(tried.attempt)
    passwords.put(found.staff_id, phc)
    members.record("staff_password.changed", found.staff_id, found.actor)
    steps.end_all(found.staff_id)
    sessions.end_all(found.staff_id, EndedWhy.PASSWORD_CHANGED, actor=found.actor, but=found.id)
    return True


def begin_app(found: StaffSessionFacts) -> tuple[str, bytes]:
    """Somebody inside begins to add another app: the token of the step, and the app's secret."""
    secret = factors.new_secret()
    return steps.begin(StepKind.NEW_TOTP, found.staff_id, {"secret": b64encode(secret).decode()}), secret


def add_app(found: StaffSessionFacts, token: str | None, code: str, label: str) -> None:
    """Finish with the new app's first code; every other session ends. Raises `WrongFactor`."""
    step = steps.look(token, StepKind.NEW_TOTP)
    if token is None or step is None or step.staff_id != found.staff_id:
        raise WrongFactor
    secret = b64decode(step.kept["secret"])
    at = factors.step_of(secret, code)
    if at is None or not steps.end(token):
        raise WrongFactor
    factors.add_totp(found.staff_id, secret, label, step=at, actor=found.actor)
    sessions.end_all(found.staff_id, EndedWhy.FACTORS_CHANGED, actor=found.actor, but=found.id)


def remove_factor(found: StaffSessionFacts, factor_id: UUID) -> None:
    """Remove one of one's own factors; every other session ends. Raises `FactorNotFound`, `LastFactor`."""
    factors.remove_factor(found.staff_id, factor_id, actor=found.actor)
    sessions.end_all(found.staff_id, EndedWhy.FACTORS_CHANGED, actor=found.actor, but=found.id)


def end_others(found: StaffSessionFacts) -> int:
    """End every session of one's own but this one; says how many."""
    return sessions.end_all(found.staff_id, EndedWhy.ENDED, actor=found.actor, but=found.id)


def factors_of(staff_id: UUID) -> list[FactorFacts]:
    """The factors of a member of staff."""
    return list(factors.factors(staff_id))


def sessions_of(staff_id: UUID) -> list[ListedSession]:
    """The sessions of a member of staff that are alive, the newest first."""
    return list(sessions.sessions(staff_id))
