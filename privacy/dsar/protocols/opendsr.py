"""OpenDSR 2.0, the processor's side: another controller sends the request of a person, and asks where it stands.

Results are never handed out to the sender: they are the person's, who gets them in a session of their own. Identities
that are hashed name nobody to whom anything could be written, so only raw ones are taken.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Annotated, Any, Literal

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from msgspec import Meta, Struct

from privacy import clock
from privacy.authz.actors import Actor
from privacy.claims import read_claim
from privacy.dsar.intake import Received
from privacy.dsar.matter import Matter, Named
from privacy.dsar.models import DataSubjectRequest
from privacy.dsar.protocols import incoming
from privacy.dsar.protocols.incoming import Protocol, ProtocolSettingsInvalid, Words
from privacy.dsar.views import times
from privacy.dsar.vocabulary import CaseType, Intake
from privacy.errors import InvalidInput
from privacy.programme import service as programmes
from privacy.programme.types import ContactKind, Programme
from privacy.systems.opendsr_signature import OpenDsrSignatureInvalid, certificate_of, private_key_of, sign

API_VERSION = "2.0"
WORDS = Words("pending", "pending", "in_progress", "completed", "cancelled", "cancelled", "cancelled")
_TYPES = {"access": CaseType.ACCESS, "portability": CaseType.PORTABILITY, "erasure": CaseType.ERASURE}
_UUID4 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_CUSTOMER = "controller_customer_id"


class SubjectIdentity(Struct):
    """One identity of the person."""

    identity_type: Annotated[str, Meta(max_length=100)]
    identity_value: Annotated[str, Meta(max_length=500)]
    identity_format: Literal["raw", "sha1", "md5", "sha256"]


class OpenDsrRequestIn(Struct):
    """A request of a person, from a controller."""

    regulation: Literal["gdpr", "ccpa"]
    subject_request_id: Annotated[str, Meta(max_length=36)]
    subject_request_type: Literal["access", "portability", "erasure"]
    submitted_time: Annotated[str, Meta(max_length=40)]
    subject_identities: Annotated[list[SubjectIdentity], Meta(min_length=1, max_length=20)]
    api_version: Annotated[str, Meta(max_length=20)] = API_VERSION
    status_callback_urls: list[str] = []
    #: Of other parties; nothing in it is looked at.
    extensions: dict[str, Any] = {}


class OpenDsrReceivedOut(Struct):
    """The receipt of a request."""

    controller_id: str
    subject_request_id: str
    received_time: str
    expected_completion_time: str
    #: The request's whole body in base64, as the standard wants it. The controller neither logs nor stores it.
    encoded_request: str


class OpenDsrStatusOut(Struct):
    """Where a request stands."""

    controller_id: str
    subject_request_id: str
    expected_completion_time: str
    request_status: str
    api_version: str = API_VERSION


class OpenDsrIdentityOut(Struct):
    """An identity by which people are known here."""

    identity_type: str
    identity_format: str


class OpenDsrDiscoveryOut(Struct):
    """What this service can do for other controllers."""

    api_version: str
    supported_identities: list[OpenDsrIdentityOut]
    supported_subject_request_types: list[str]
    processor_certificate: str


@dataclass(frozen=True)
class OpenDsrIdentity:
    """In whose name the answers are signed."""

    domain: str
    certificate: bytes
    key: rsa.RSAPrivateKey = field(repr=False)

    @classmethod
    def of(cls, domain: str, certificate_file: str, key_file: str) -> OpenDsrIdentity | None:
        """From two PEM files; None where nothing is set. Raises `ProtocolSettingsInvalid`."""
        if not (domain or certificate_file or key_file):
            return None
        try:
            pem = Path(certificate_file).read_bytes()
            key = private_key_of(Path(key_file).read_text("ascii"))
            certificate = certificate_of(pem, domain)
        except (OSError, ValueError):
            raise ProtocolSettingsInvalid("OpenDSR: the certificate or its key cannot be read.") from None
        except OpenDsrSignatureInvalid as error:
            raise ProtocolSettingsInvalid(f"OpenDSR: {error.detail}") from None
        if certificate.public_key() != key.public_key():
            raise ProtocolSettingsInvalid("OpenDSR: the certificate is of another key.")
        return cls(domain, pem, key)

    def sign(self, body: bytes) -> str:
        """The signature header of an answer."""
        return sign(self.key, body)


def receive(body: OpenDsrRequestIn, raw: bytes, *, actor: Actor) -> OpenDsrReceivedOut:
    """Begin a controller's request in the open unit of work. Raises `AlreadyReceived` and `InvalidInput`."""
    if not _UUID4.fullmatch(body.subject_request_id):
        raise InvalidInput.of("subject_request_id", "Use a UUID of version 4 in lower case.")
    programme = programmes.current()
    submitted = read_claim(body.submitted_time, programme.zone, "submitted_time")
    if submitted.start > clock.micros() + 300 * clock.SECOND:
        raise InvalidInput.of("submitted_time", "It lies in the future.")
    # The clock of the law starts when it reached us, whatever the sender writes.
    named = tuple(_named(one, index, programme) for index, one in enumerate(body.subject_identities))
    given = Received(_TYPES[body.subject_request_type], Intake.OPENDSR, Matter(named))
    row = incoming.open_request(
        Protocol.OPENDSR, body.subject_request_id, given, body.status_callback_urls, actor=actor
    )
    return OpenDsrReceivedOut(
        controller_id=str(actor.id),
        subject_request_id=body.subject_request_id,
        received_time=clock.isoformat(row.received_at),
        expected_completion_time=_expected(row),
        encoded_request=base64.b64encode(raw).decode(),
    )


def status(their_id: str, *, actor: Actor) -> OpenDsrStatusOut:
    """Where a request stands; raises `RequestNotFound`."""
    row = incoming.find(Protocol.OPENDSR, their_id, actor=actor)
    return status_of(row, str(actor.id), their_id)


def status_of(row: DataSubjectRequest, controller_id: str, their_id: str) -> OpenDsrStatusOut:
    """Where a request stands, as its controller knows it."""
    return OpenDsrStatusOut(controller_id, their_id, _expected(row), WORDS.of(row))


def cancel(their_id: str, *, actor: Actor) -> OpenDsrStatusOut:
    """Take a request back in the open unit of work; raises `RequestNotFound` and `NotPending`."""
    row = incoming.cancel(incoming.find(Protocol.OPENDSR, their_id, actor=actor), actor=actor)
    return status_of(row, str(actor.id), their_id)


def discovery(base_url: str) -> OpenDsrDiscoveryOut:
    """What this service can do."""
    identities = [OpenDsrIdentityOut(one, "raw") for one in _kinds(programmes.current())]
    return OpenDsrDiscoveryOut(API_VERSION, identities, list(_TYPES), f"{base_url}/opendsr/v2/certificate")


def _kinds(programme: Programme) -> dict[str, str]:
    """The identity types of OpenDSR that the programme has, and what it calls them."""
    found = {"email": ContactKind.EMAIL.value} if ContactKind.EMAIL in programme.contact_kinds else {}
    return found | ({_CUSTOMER: "customer_id"} if "customer_id" in programme.identifier_types else {})


def _named(one: SubjectIdentity, index: int, programme: Programme) -> Named:
    kinds = _kinds(programme)
    if one.identity_type not in kinds:
        known = ", ".join(kinds)
        raise InvalidInput.of(f"subject_identities.{index}.identity_type", f"People are known here by: {known}.")
    if one.identity_format != "raw":
        place = f"subject_identities.{index}.identity_format"
        raise InvalidInput.of(place, "Send it raw: to a hash, nobody could be asked who they are.")
    return Named(kinds[one.identity_type], one.identity_value)


def _expected(row: DataSubjectRequest) -> str:
    day = times(row).due_on
    at = datetime.combine(day, time.max, programmes.current().zone).astimezone(UTC)
    return clock.isoformat(clock.to_micros(at.replace(microsecond=0)))


def certificate_pem(identity: OpenDsrIdentity) -> bytes:
    """The certificate by which the answers are verified, without what else the file may hold."""
    chain = x509.load_pem_x509_certificates(identity.certificate)
    return b"".join(one.public_bytes(Encoding.PEM) for one in chain)
