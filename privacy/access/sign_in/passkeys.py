"""Passkeys of staff (W3C Web Authentication): added on one's account, and used instead of password and code.

Every passkey is one that its device finds by itself, and asks for its owner each time (`userVerification: required`).
A challenge is random, good once, for ten minutes, and in the browser alone whose cookie has its token. Attestations
are not looked at: staff choose their devices themselves.
"""

from __future__ import annotations

import hashlib
import ipaddress
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import msgspec
from cryptography.exceptions import UnsupportedAlgorithm
from fido2.server import Fido2Server
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    AuthenticatorData,
    PublicKeyCredentialParameters,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialType,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from privacy.access.models import Staff
from privacy.access.sign_in import attempts, factors, members, sessions, steps
from privacy.access.sign_in.factors import KnownPasskey
from privacy.access.sign_in.sessions import EndedWhy, OpenedSession, StaffSessionFacts, Way
from privacy.access.sign_in.steps import Step, StepKind
from privacy.db import session

#: COSE numbers of Ed25519, ES256 and RS256, which every device has one of.
_ALGORITHMS = (-8, -7, -257)
_ALWAYS = UserVerificationRequirement.REQUIRED
#: W3C Web Authentication, 7.1: a longer id is refused.
_LONGEST_ID = 1_023
_LONGEST_ANSWER = 16_000
_LONGEST_SITE = 64
#: What the library raises of an answer that is none.
_BROKEN = (
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    IndexError,
    AssertionError,
    NotImplementedError,
    OverflowError,
    RecursionError,
    UnsupportedAlgorithm,
    struct.error,
    msgspec.DecodeError,
)


@dataclass(frozen=True)
class Site:
    """Where passkeys are good: nowhere but at the address of this installation."""

    origin: str
    host: str
    name: str

    @classmethod
    def of(cls, base_url: str, name: str) -> Site | None:
        """The site of an address; None where browsers have no passkeys: at a number, and over http from elsewhere."""
        parts = urlsplit(base_url)
        host = parts.hostname or ""
        local = host == "localhost" or host.endswith(".localhost")
        if _is_number(host) or not host or (parts.scheme != "https" and not local):
            return None
        return cls(f"{parts.scheme}://{parts.netloc}", host, name[:_LONGEST_SITE] or "privacy")

    def server(self) -> Fido2Server:
        """What asks and verifies for this site."""
        server = Fido2Server(
            PublicKeyCredentialRpEntity(name=self.name, id=self.host),
            verify_origin=lambda origin: origin == self.origin,
        )
        server.allowed_algorithms = [
            PublicKeyCredentialParameters(type=PublicKeyCredentialType.PUBLIC_KEY, alg=number) for number in _ALGORITHMS
        ]
        return server


@dataclass(frozen=True)
class Challenge:
    """What a browser asks a passkey, and the token that its cookie keeps meanwhile."""

    token: str
    options: Mapping[str, Any]


def begin_new_passkey(found: StaffSessionFacts, site: Site) -> Challenge:
    """Somebody inside begins to add a passkey; one that they have already is not taken twice."""
    known = [AttestedCredentialData(one.secret) for one in factors.passkeys_of(found.staff_id)]
    who = PublicKeyCredentialUserEntity(id=found.staff_id.bytes, name=found.name, display_name=found.name)
    options, state = site.server().register_begin(
        who, known, resident_key_requirement=ResidentKeyRequirement.REQUIRED, user_verification=_ALWAYS
    )
    kept = {"challenge": state["challenge"]}
    return Challenge(steps.begin(StepKind.NEW_PASSKEY, found.staff_id, kept), dict(options))


def add_passkey(found: StaffSessionFacts, site: Site, token: str | None, answer: str, label: str) -> bool:
    """Finish with what the device answered; every other session ends. False where the answer does not hold.

    The challenge is used up in any case. Raises `PasskeyTaken` for one that is known already.
    """
    step = _taken(token, StepKind.NEW_PASSKEY)
    made = None if step is None or step.staff_id != found.staff_id else _made(site, step, answer)
    if made is None or made.credential_data is None:
        return False
    credential = made.credential_data
    found_by = hashlib.sha256(credential.credential_id).digest()
    factors.add_passkey(
        found.staff_id, bytes(credential), label, found_by=found_by, counter=made.counter, actor=found.actor
    )
    sessions.end_all(found.staff_id, EndedWhy.FACTORS_CHANGED, actor=found.actor, but=found.id)
    return True


def begin_passkey(site: Site, staff_id: UUID | None = None) -> Challenge:
    """Ask for a passkey: of a member of staff who is known by now, or of whoever has one."""
    known = [] if staff_id is None else [AttestedCredentialData(one.secret) for one in factors.passkeys_of(staff_id)]
    options, state = site.server().authenticate_begin(known or None, user_verification=_ALWAYS)
    return Challenge(steps.begin(StepKind.PASSKEY, staff_id, {"challenge": state["challenge"]}), dict(options))


def begin_passkey_factor(site: Site, step_token: str | None) -> Challenge:
    """Ask for a passkey of whoever gave a password; of nobody in particular where nobody did."""
    step = steps.look(step_token, StepKind.FACTOR)
    return begin_passkey(site, None if step is None else step.staff_id)


def sign_in_by_passkey(
    site: Site, token: str | None, answer: str, browser: str, network: str | None
) -> OpenedSession | None:
    """Sign in by a passkey alone, which has asked for its owner; None where it is not right.

    The challenge is used up in any case. Raises `TooManyAttempts`.
    """
    who = _owner(site, token, answer, network, expected=None)
    return None if who is None else sessions.open_session(who.id, Way.PASSKEY, browser, actor=members.as_actor(who))


def give_passkey(
    step_token: str, site: Site, token: str | None, answer: str, browser: str, network: str | None
) -> OpenedSession | None:
    """The second step of a sign-in, by a passkey instead of a code; as `sign_in_by_passkey`."""
    step = steps.look(step_token, StepKind.FACTOR)
    if step is None or step.staff_id is None:
        return None
    who = _owner(site, token, answer, network, expected=step.staff_id)
    if who is None or not steps.end(step_token):
        return None
    return sessions.open_session(who.id, Way.PASSKEY, browser, actor=members.as_actor(who))


def prove_by_passkey(
    found: StaffSessionFacts, site: Site, token: str | None, answer: str, network: str | None
) -> OpenedSession | None:
    """Somebody inside proves themselves once more by a passkey: a new token for the session. None: it is not right.

    Raises `TooManyAttempts`.
    """
    if _owner(site, token, answer, network, expected=found.staff_id) is None:
        return None
    return sessions.renew(found.id, Way.PASSKEY, actor=found.actor)


def _owner(site: Site, token: str | None, answer: str, network: str | None, *, expected: UUID | None) -> Staff | None:
    """Whose passkey answered, if all of it holds (W3C Web Authentication, 7.2).

    `expected`: whose it must be; None where anybody may come, and the device has to say whose it is.
    """
    step = _taken(token, StepKind.PASSKEY)  # 1. The challenge is ours, of this browser, and was not used.
    given = _answered(answer)
    known = None if given is None else factors.passkey(hashlib.sha256(given.raw_id).digest())
    who = None if known is None else session().get(Staff, known.staff_id)
    attempt = attempts.begin("" if who is None else who.name, network)
    if step is None or given is None or known is None or who is None or who.disabled_at is not None:
        members.failed(None if who is None else who.id, "passkey")
        return None
    if not (step.staff_id == expected and _fits(site, step, known, given, named=expected is None)):
        members.failed(who.id, "passkey")
        return None
    if expected is not None and who.id != expected:  # 2. It belongs to who says to be here.
        members.failed(expected, "passkey")
        return None
    if not factors.use_passkey(known.factor_id, given.response.authenticator_data.counter):  # 3. It was not copied.
        members.record("staff_passkey.copied", who.id, members.as_actor(who), factor=str(known.factor_id))
        return None
    attempts.succeeded(attempt)
    return who


def _made(site: Site, step: Step, answer: str) -> AuthenticatorData | None:
    """A new passkey, if type, challenge, origin, host, presence, verification and kind of key hold (7.1)."""
    try:
        given = RegistrationResponse.from_dict(_read(answer))
        _ensure_own_page(given.response.client_data.cross_origin)
        made = site.server().register_complete(_state(step), given)
        credential = made.credential_data
        fits = credential is not None and credential.public_key.ALGORITHM in _ALGORITHMS
        return made if fits and 0 < len(credential.credential_id) <= _LONGEST_ID else None  # type: ignore[union-attr]  # it fits
    except _BROKEN:
        return None


def _answered(answer: str) -> AuthenticationResponse | None:
    try:
        return AuthenticationResponse.from_dict(_read(answer))
    except _BROKEN:
        return None


def _fits(site: Site, step: Step, known: KnownPasskey, given: AuthenticationResponse, *, named: bool) -> bool:
    """Whether type, challenge, origin, host, presence, verification and signature hold, and the owner it names."""
    handle = given.response.user_handle
    if handle != known.staff_id.bytes and (named or handle):
        return False
    try:
        _ensure_own_page(given.response.client_data.cross_origin)
        site.server().authenticate_complete(_state(step), [AttestedCredentialData(known.secret)], given)
    except _BROKEN:
        return False
    return True


def _taken(token: str | None, kind: StepKind) -> Step | None:
    """The step of a challenge, which is used up by this."""
    step = steps.look(token, kind)
    return step if token is not None and step is not None and steps.end(token) else None


def _state(step: Step) -> dict[str, Any]:
    return {"challenge": step.kept["challenge"], "user_verification": _ALWAYS}


def _read(answer: str) -> Mapping[str, Any]:
    if len(answer) > _LONGEST_ANSWER:
        raise ValueError
    return msgspec.json.decode(answer, type=dict[str, Any])


def _ensure_own_page(cross_origin: object) -> None:
    """In a frame of another site people cannot see whom they answer."""
    if cross_origin is not False:
        raise ValueError


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
