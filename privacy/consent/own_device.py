"""A ticket by which a customer gives or refuses a consent on a device of her own, shown to her as a QR code.

The ticket says what is asked, sealed with the service's key, and is good for a quarter of an hour. What it records has
its name: used twice it counts once, and it brings back nothing that was withdrawn meanwhile.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from uuid import UUID

import msgspec

from privacy import clock
from privacy.crypto import keyring
from privacy.crypto.envelope import SealBroken
from privacy.crypto.owner_keys import SERVICE_OWNER, KeyDestroyed, load_owner_key
from privacy.db import new_id, session
from privacy.errors import InvalidInput

TICKET_GOOD_FOR = 15 * clock.MINUTE
_TABLE, _COLUMN, _ROW = "own_device", "ticket", "ticket"
_LONGEST = 1_000
#: The version of the key goes before what it sealed; a made-up one is a number that every database takes.
_VERSION_BYTES = 2


class TicketWorthless(InvalidInput):
    """The ticket of a QR code is no ticket of ours, or its quarter of an hour is over."""

    code = "ticket-worthless"


@dataclass(frozen=True)
class OwnDeviceTicket:
    """What the customer is asked. Codes are the programme's."""

    id: UUID
    subject_id: UUID
    contact_id: UUID | None
    purpose: str
    channel: str | None
    system: str
    #: BCP 47, in which the wording is shown.
    locale: str
    expires_at: int


def issue_ticket(
    subject_id: UUID, contact_id: UUID | None, purpose: str, channel: str | None, *, system: str, locale: str
) -> str:
    """A ticket for one consent. The caller has made sure that the contact is the subject's."""
    key = load_owner_key(session(), keyring.installed(), SERVICE_OWNER)
    ticket = OwnDeviceTicket(
        new_id(), subject_id, contact_id, purpose, channel, system, locale, clock.micros() + TICKET_GOOD_FOR
    )
    sealed = key.seal(_TABLE, _COLUMN, _ROW, msgspec.msgpack.encode(ticket))
    return base64.urlsafe_b64encode(key.version.to_bytes(_VERSION_BYTES, "big") + sealed).decode().rstrip("=")


def read_ticket(text: str) -> OwnDeviceTicket:
    """What a ticket asks; raises `TicketWorthless`."""
    try:
        if len(text) > _LONGEST:
            raise ValueError
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        key = load_owner_key(session(), keyring.installed(), SERVICE_OWNER, int.from_bytes(raw[:_VERSION_BYTES], "big"))
        ticket = msgspec.msgpack.decode(key.open(_TABLE, _COLUMN, _ROW, raw[_VERSION_BYTES:]), type=OwnDeviceTicket)
    except (ValueError, SealBroken, KeyDestroyed, msgspec.MsgspecError):
        raise TicketWorthless("This is no ticket of ours.") from None
    if ticket.expires_at <= clock.micros():
        raise TicketWorthless("The ticket is too old.")
    return ticket
