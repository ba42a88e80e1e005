"""OpenDSR 2.0 over HTTP: every answer is signed over its bytes, errors are problems like everywhere else."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any
from uuid import UUID

import msgspec
from flask import Response, current_app, request

from privacy.authz.permissions import Permission
from privacy.dsar.protocols import opendsr
from privacy.dsar.protocols.incoming import ProtocolNotOffered
from privacy.dsar.protocols.opendsr import (
    OpenDsrDiscoveryOut,
    OpenDsrIdentity,
    OpenDsrReceivedOut,
    OpenDsrRequestIn,
    OpenDsrStatusOut,
)
from privacy.http.auth import current_actor, public, require
from privacy.http.blueprint import Blueprint
from privacy.http.unit import writes
from privacy.systems.opendsr_signature import DOMAIN_HEADER, SIGNATURE_HEADER

#: Key of the app's extensions under which the identity lies, None where the protocol is not offered; and the address.
OPENDSR = "privacy_opendsr"
OPENDSR_BASE_URL = "privacy_opendsr_base_url"

opendsr_pages = Blueprint(
    "opendsr", __name__, url_prefix="/opendsr/v2", description="Requests from other controllers (OpenDSR 2.0)."
)
View = Callable[..., Any]


def signed(status: int) -> Callable[[View], View]:
    """The answer as JSON, signed in the name of this service's domain. Raises `ProtocolNotOffered`."""

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def wrapper(*args: Any, **kwargs: Any) -> Response:
            identity = _identity()
            content = msgspec.json.encode(view(*args, **kwargs))
            response = Response(content, status=status, mimetype="application/json")
            response.headers[DOMAIN_HEADER] = identity.domain
            response.headers[SIGNATURE_HEADER] = identity.sign(content)
            return response

        return wrapper

    return decorate


def _identity() -> OpenDsrIdentity:
    identity: OpenDsrIdentity | None = current_app.extensions[OPENDSR]
    if identity is None:
        raise ProtocolNotOffered
    return identity


@opendsr_pages.post("/requests")
@require(Permission.REQUESTS_WRITE)
@opendsr_pages.body(OpenDsrRequestIn)
@writes
@opendsr_pages.answers(201, OpenDsrReceivedOut)
@opendsr_pages.problems(404)
@signed(201)
def receive(body: OpenDsrRequestIn) -> OpenDsrReceivedOut:
    """Take the request of a person from another controller. It begins unproven, like any other."""
    return opendsr.receive(body, request.get_data(), actor=current_actor())


@opendsr_pages.get("/requests/<uuid:their_id>")
@require(Permission.REQUESTS_READ)
@opendsr_pages.answers(200, OpenDsrStatusOut)
@signed(200)
def status(their_id: UUID) -> OpenDsrStatusOut:
    """Where a request of this controller stands. Its result goes to the person alone."""
    return opendsr.status(str(their_id), actor=current_actor())


@opendsr_pages.delete("/requests/<uuid:their_id>")
@require(Permission.REQUESTS_WRITE)
@writes
@opendsr_pages.answers(202, OpenDsrStatusOut)
@signed(202)
def cancel(their_id: UUID) -> OpenDsrStatusOut:
    """Take a request back while nobody has begun with it."""
    return opendsr.cancel(str(their_id), actor=current_actor())


@opendsr_pages.get("/discovery")
@public
@opendsr_pages.answers(200, OpenDsrDiscoveryOut)
@opendsr_pages.problems(404)
@signed(200)
def discovery() -> OpenDsrDiscoveryOut:
    """What this service can do for other controllers."""
    return opendsr.discovery(current_app.extensions[OPENDSR_BASE_URL])


@opendsr_pages.get("/certificate")
@public
@opendsr_pages.gives_file("application/x-pem-file", "The certificate by which answers are verified.")
@opendsr_pages.problems(404)
def certificate() -> Response:
    """The certificate by which answers are verified."""
    return Response(opendsr.certificate_pem(_identity()), mimetype="application/x-pem-file")
