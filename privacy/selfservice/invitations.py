"""What is sent to whoever asks to come in: by e-mail a code and a link, by text message the code alone.

A text message has no link: people are told everywhere not to follow links in them.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from privacy import clock
from privacy.authz.actors import Realm
from privacy.crypto import keyring
from privacy.crypto.owner_keys import load_owner_key
from privacy.db import session
from privacy.outbox import service as outbox
from privacy.outbox.service import MessageKind
from privacy.programme import service as programmes
from privacy.programme.types import ContactKind, Controller, Programme
from privacy.selfservice.holders import Held
from privacy.selfservice.models import PersonEntry
from privacy.subjects import service as subjects

_TEMPLATES = {ContactKind.EMAIL: "portal_code", ContactKind.PHONE: "portal_code_sms"}
_WAYS = {ContactKind.EMAIL: MessageKind.EMAIL, ContactKind.PHONE: MessageKind.SMS}


@dataclass(frozen=True)
class Invitation:
    """What opens the door in the browser that asked."""

    code: str = field(repr=False)
    link: str = field(repr=False)


def send(entry: PersonEntry, held: Held, invitation: Invitation) -> None:
    """Write the message to the contact on file, in the open unit of work; it is worth nothing once the code is old.

    It is sealed with the holder's key and goes with them.
    """
    assert entry.expires_at is not None  # What is sent has its end.
    programme, kind = programmes.current(), ContactKind(entry.kind)
    template = _TEMPLATES[kind]
    until = clock.from_micros(entry.expires_at).astimezone(programme.zone)
    controller = next(iter(programme.controllers.values()))
    known = {
        "CODE": invitation.code,
        "LINK": invitation.link,
        "VALID_UNTIL": f"{until:%H:%M}",
        "CONTACT": _contact(programme, controller),
        "CONTROLLER": controller.name,
    }
    values = {name: known[name] for name in outbox.places(template, entry.locale)}
    outbox.enqueue(
        outbox.Message(template, entry.locale, values),
        key=load_owner_key(session(), keyring.installed(), held.holder_id),
        to=_address(kind, held, programme),
        cause=entry.id,
        not_after=entry.expires_at,
        realm=Realm.LIVE,
        subject_id=held.holder_id,
        kind=_WAYS[kind],
    )


def _address(kind: ContactKind, held: Held, programme: Programme) -> str:
    name = subjects.contact_name(programme, Realm.LIVE, kind, held.value)
    return name.normal.key if kind is ContactKind.PHONE else held.value


def _contact(programme: Programme, controller: Controller) -> str:
    dpo = programme.dpo
    return dpo.email if dpo is not None and controller.code in dpo.controllers else controller.email
