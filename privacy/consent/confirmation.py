"""Double opt-in: one message with a one-time code, and the confirmation that redeems it. No reminder is ever sent."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from privacy import clock
from privacy.consent.act_row import Target
from privacy.consent.models import Confirmation, ConsentAct
from privacy.crypto import blind_index, keyring
from privacy.db import session
from privacy.errors import InvalidInput
from privacy.outbox import service as outbox
from privacy.programme.types import ContactKind, Programme, Purpose
from privacy.subjects import service as subjects
from privacy.subjects.service import ContactRow, Naming

#: Wrong codes after which a code is void.
MAX_ATTEMPTS = 5
#: 32 characters that are not mistaken for one another; ten of them are 50 bits.
_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_CODE_LENGTH = 10
#: Days that a code is good for where the purpose names none.
_DEFAULT_DAYS = 7
#: By which way the code goes to a contact, and in which words.
_WAYS = {
    ContactKind.EMAIL: (outbox.MessageKind.EMAIL, "double_opt_in"),
    ContactKind.PHONE: (outbox.MessageKind.SMS, "double_opt_in_sms"),
}


class WrongCode(InvalidInput):
    """The confirmation code is wrong, used, or too old."""

    code = "wrong-code"

    def __init__(self, pending: tuple[UUID, ...] = ()) -> None:
        super().__init__(errors={"code": ["Wrong, used, or too old. Ask for a new message."]})
        #: The requests whose attempts the wrong code counts against.
        self.pending = pending


@dataclass(frozen=True)
class Redeemed:
    """The request that a code confirms."""

    subject_id: UUID
    purpose: str
    channel: str
    contact_id: UUID | None


def request_message(
    programme: Programme, naming: Naming, target: Target, *, act_id: UUID, locale: str | None, now: int
) -> Confirmation | None:
    """The pending confirmation of a `request`, its message put into the outbox; None while one is pending already.

    Raises `InvalidInput` where there is no e-mail address or number to send it to. The row is for the caller to add
    once the act is written.
    """
    contact, purpose = target.contact, programme.purpose(target.purpose)
    if contact is None or contact.kind not in _WAYS:
        raise InvalidInput.of(
            "subject.email",
            "A confirmation message goes by e-mail or text message: name the address or number, and its channel.",
        )
    if _is_pending(target, contact, now):
        return None
    code = "".join(secrets.choice(_ALPHABET) for _ in range(_CODE_LENGTH))
    expires_at = now + (purpose.confirm_within_days or _DEFAULT_DAYS) * clock.DAY
    kind = ContactKind(contact.kind)
    way, template = _WAYS[kind]
    outbox.enqueue(
        _message(template, programme, purpose, code, locale or programme.jurisdiction.locales[0], expires_at),
        key=target.subject.key,
        to=_address(programme, naming, contact.id, kind),
        kind=way,
        cause=act_id,
        not_after=expires_at,
        realm=naming.realm,
        subject_id=target.subject.id,
    )
    return Confirmation(
        act_id=act_id,
        subject_id=target.subject.id,
        code_digest=_digest(code),
        attempts=0,
        expires_at=expires_at,
        used_at=None,
    )


def _is_pending(target: Target, contact: ContactRow, now: int) -> bool:
    pending = (
        sa.select(Confirmation.act_id)
        .join(ConsentAct, ConsentAct.id == Confirmation.act_id)
        .where(Confirmation.subject_id == target.subject.id, ConsentAct.contact_id == contact.id)
        .where(ConsentAct.purpose == target.purpose, ConsentAct.channel == target.channel)
        .where(Confirmation.used_at.is_(None), Confirmation.expires_at > now)
    )
    return session().scalar(pending) is not None


def _address(programme: Programme, naming: Naming, contact_id: UUID, kind: ContactKind) -> str:
    """Where the message goes: an address as it was given, a number in the form E.164."""
    name = naming.contacts.get(kind) or subjects.contact_name(
        programme, naming.realm, kind, subjects.reveal_contact(contact_id)
    )
    return name.normal.given if kind is ContactKind.EMAIL else name.normal.key


def _message(
    template: str, programme: Programme, purpose: Purpose, code: str, language: str, expires_at: int
) -> outbox.Message:
    values = {
        "CONTROLLER": ", ".join(programme.controllers[controller].name for controller in purpose.controllers),
        "PURPOSE": purpose.names.get(language) or next(iter(purpose.names.values())),
        "CODE": f"{code[:5]}-{code[5:]}",
        "VALID_UNTIL": clock.from_micros(expires_at).astimezone(programme.zone).strftime("%Y-%m-%d %H:%M"),
    }
    return outbox.Message(template, language, values)


def redeem(naming: Naming, purpose: str, code: str, now: int) -> Redeemed:
    """Use a code once; raises `WrongCode`. It must belong to the person or the address that the request names."""
    digest = _digest(code.replace("-", "").replace(" ", "").upper())
    candidates = [row for row in _pending(naming, now) if row[1].purpose == purpose]
    for confirmation, act in candidates:
        if hmac.compare_digest(confirmation.code_digest, digest):
            confirmation.used_at = now
            return Redeemed(act.subject_id, act.purpose, act.channel, act.contact_id)
    raise WrongCode(tuple(confirmation.act_id for confirmation, _ in candidates))


def count_wrong_code(pending: tuple[UUID, ...]) -> None:
    """Count a wrong code against the requests that it might have meant, in a unit of work of its own."""
    session().execute(
        sa.update(Confirmation).where(Confirmation.act_id.in_(pending)).values(attempts=Confirmation.attempts + 1)
    )


def _pending(naming: Naming, now: int) -> list[tuple[Confirmation, ConsentAct]]:
    subject_ids = list(subjects.find_ids(naming))
    rows = session().execute(
        sa.select(Confirmation, ConsentAct)
        .join(ConsentAct, ConsentAct.id == Confirmation.act_id)
        .where(Confirmation.subject_id.in_(subject_ids), Confirmation.used_at.is_(None))
        .where(Confirmation.expires_at > now, Confirmation.attempts < MAX_ATTEMPTS)
        .with_for_update(of=Confirmation)
    )
    return [(confirmation, act) for confirmation, act in rows]


def _digest(code: str) -> bytes:
    return blind_index.of_repeat(keyring.installed(), b"code " + code.encode())
