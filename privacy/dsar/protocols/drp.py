"""Data Rights Protocol 1.0, the business's side: an authorised agent sends a person's request in a signed message.

The agent's signature proves the agent and nothing of the person, who identifies themselves like everybody (EDPB
01/2022, 80 to 90). The law that applies is the GDPR, whatever regime the message names.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from msgspec import Meta, Struct

from privacy import clock
from privacy.authz.actors import Actor
from privacy.claims import read_claim
from privacy.dsar.intake import Received
from privacy.dsar.matter import Agent, Matter, Named
from privacy.dsar.models import DataSubjectRequest
from privacy.dsar.protocols import incoming
from privacy.dsar.protocols.incoming import Protocol, ProtocolSettingsInvalid, Words
from privacy.dsar.views import times
from privacy.dsar.vocabulary import CaseType, Intake
from privacy.errors import InvalidInput, Malformed, NotPermitted
from privacy.http.reading import decode
from privacy.programme import service as programmes
from privacy.programme.types import ContactKind

#: A person who is not found and one who did not prove who they are get the same word: it tells nobody who is known.
WORDS = Words("open", "in_progress", "in_progress", "fulfilled", "denied", "revoked", "denied")
_REASONS = Words("", "need_user_verification", "", "", "other", "", "insuf_verification")
_SIGNATURE_BYTES = 64
MAX_BYTES = 100_000
#: Clocks of others may be a little ahead.
_TOLERANCE = 60 * clock.SECOND
_EXERCISES = {
    "access": CaseType.ACCESS,
    "access:categories": CaseType.ACCESS,
    "access:specific": CaseType.ACCESS,
    "deletion": CaseType.ERASURE,
    "sale:opt-out": CaseType.OBJECTION,
}
_Short = Annotated[str, Meta(min_length=1, max_length=100)]
_Text = Annotated[str, Meta(max_length=300)]


class DrpMessageRefused(NotPermitted):
    """The message is not a valid one of this agent to this business."""

    code = "drp-message-refused"


class DrpRequest(Struct, rename="kebab"):
    """A signed message. Claims of OpenID Connect that are not listed are not looked at."""

    agent_id: _Short
    business_id: _Short
    issued_at: _Short
    expires_at: _Short
    #: What the agent calls it. No place for an address: it is kept in the clear.
    agent_request_id: Annotated[str, Meta(pattern=r"^[A-Za-z0-9._:-]{1,64}$")]
    exercise: Literal["access", "access:categories", "access:specific", "deletion", "sale:opt-out", "sale:opt-in"]
    version: str | None = msgspec.field(default=None, name="drp.version")
    regime: Annotated[str, Meta(max_length=40)] | None = None
    relationships: list[str] = []
    status_callback: str | None = msgspec.field(default=None, name="status_callback")
    name: _Text | None = None
    email: _Text | None = None
    phone_number: _Text | None = msgspec.field(default=None, name="phone_number")


class DrpStatusOut(Struct, omit_defaults=True):
    """Where a request stands."""

    request_id: str
    received_at: str
    expected_by: str
    status: str
    reason: str | None = None


@dataclass(frozen=True)
class DrpAgent:
    """An agent that this business knows."""

    id: str
    name: str
    contact: str
    key: Ed25519PublicKey = field(repr=False)


@dataclass(frozen=True)
class DrpBusiness:
    """Who this business is in the protocol, and the agents by the client whose key they use."""

    id: str
    agents: Mapping[UUID, DrpAgent]

    @classmethod
    def of(cls, business_id: str, agents_file: str) -> DrpBusiness | None:
        """From a file, a JSON list of `{"client", "id", "name", "contact", "verify_key"}`; None where nothing is set.

        Raises `ProtocolSettingsInvalid`.
        """
        if not (business_id or agents_file):
            return None
        try:
            entries = json.loads(Path(agents_file).read_text("utf-8"))
            agents = {UUID(entry["client"]): _agent(entry) for entry in entries}
        except (OSError, KeyError, TypeError, ValueError, AttributeError):
            raise ProtocolSettingsInvalid("DRP: the file of agents cannot be read, or lacks a field.") from None
        if not business_id:
            raise ProtocolSettingsInvalid("DRP: the id of the business is missing.")
        return cls(business_id, agents)


def _agent(entry: Mapping[str, str]) -> DrpAgent:
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(entry["verify_key"], validate=True))
    return DrpAgent(entry["id"], entry["name"], entry["contact"], key)


def receive(body: bytes, business: DrpBusiness, *, actor: Actor) -> DrpStatusOut:
    """Begin an agent's request in the open unit of work. Raises `DrpMessageRefused`, `Malformed`, `InvalidInput`."""
    agent, message = verified(body, business, actor.id)
    if message.exercise not in _EXERCISES:
        raise InvalidInput.of("exercise", "The GDPR knows no such right: a new consent is given where it is asked for.")
    named = [Named(ContactKind.EMAIL.value, message.email)] if message.email else []
    named += [Named(ContactKind.PHONE.value, message.phone_number)] if message.phone_number else []
    matter = Matter(
        tuple(named),
        name=message.name,
        agent=Agent(agent.name, agent.contact, f"DRP {agent.id} {message.agent_request_id}"),
    )
    given = Received(_EXERCISES[message.exercise], Intake.DRP, matter)
    callbacks = [message.status_callback] if message.status_callback else []
    return status_of(incoming.open_request(Protocol.DRP, message.agent_request_id, given, callbacks, actor=actor))


def verified(body: bytes, business: DrpBusiness, client_id: UUID) -> tuple[DrpAgent, DrpRequest]:
    """The message of a body, in the order that the protocol gives. Nothing of it is used before its signature holds."""
    # 1. Base64, without anything around it.
    try:
        raw = base64.b64decode(body, validate=True)
    except binascii.Error:
        raise Malformed("The body is not base64.") from None
    # 2. The signature, by the key of the agent whose bearer token came with it.
    agent = business.agents.get(client_id)
    if agent is None:
        raise DrpMessageRefused("This key belongs to no agent that is known here.")
    signature, content = raw[:_SIGNATURE_BYTES], raw[_SIGNATURE_BYTES:]
    try:
        agent.key.verify(signature, content)
    except InvalidSignature:
        raise DrpMessageRefused("The signature does not hold.") from None
    message = decode(content, DrpRequest, max_bytes=MAX_BYTES)
    # 3. It is the agent's own, 4. and meant for us.
    if message.agent_id != agent.id:
        raise DrpMessageRefused("The message names another agent.")
    if message.business_id != business.id:
        raise DrpMessageRefused("The message is for another business.")
    # 5. It was issued, 6. and has not expired.
    now = clock.micros()
    if _moment(message.issued_at, "issued-at") > now + _TOLERANCE:
        raise DrpMessageRefused("The message is issued in the future.")
    if _moment(message.expires_at, "expires-at") <= now:
        raise DrpMessageRefused("The message has expired.")
    return agent, message


def status(request_id: UUID, *, actor: Actor) -> DrpStatusOut:
    """Where a request stands; raises `RequestNotFound`."""
    return status_of(incoming.find_by_id(Protocol.DRP, request_id, actor=actor))


def cancel(request_id: UUID, *, actor: Actor) -> DrpStatusOut:
    """Take a request back in the open unit of work; raises `RequestNotFound` and `NotPending`."""
    return status_of(incoming.cancel(incoming.find_by_id(Protocol.DRP, request_id, actor=actor), actor=actor))


def status_of(row: DataSubjectRequest) -> DrpStatusOut:
    """Where a request stands, as its agent knows it."""
    due: date = times(row).due_on
    received_at = clock.isoformat(row.received_at)
    return DrpStatusOut(str(row.id), received_at, due.isoformat(), WORDS.of(row), _REASONS.of(row) or None)


def _moment(text: str, name: str) -> int:
    return read_claim(text, programmes.current().zone, name).start
