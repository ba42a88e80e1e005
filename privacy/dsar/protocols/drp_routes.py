"""Data Rights Protocol 1.0 over HTTP. An agent's bearer token is a machine key; errors are problems."""

from __future__ import annotations

from uuid import UUID

from flask import current_app, request

from privacy.authz.permissions import Permission
from privacy.dsar.protocols import drp
from privacy.dsar.protocols.drp import DrpBusiness, DrpStatusOut
from privacy.dsar.protocols.incoming import ProtocolNotOffered
from privacy.http.auth import current_actor, require
from privacy.http.blueprint import Blueprint
from privacy.http.failures import UnsupportedMediaType
from privacy.http.unit import writes

#: Key of the app's extensions under which the business lies, None where the protocol is not offered.
DRP = "privacy_drp"
_TEXT = "text/plain"
_BODY = {"required": True, "content": {_TEXT: {"schema": {"description": "base64(Ed25519 signature || JSON)"}}}}

drp_pages = Blueprint(
    "drp", __name__, url_prefix="/drp/v1", description="Requests from authorised agents (Data Rights Protocol 1.0)."
)


def _business() -> DrpBusiness:
    business: DrpBusiness | None = current_app.extensions[DRP]
    if business is None:
        raise ProtocolNotOffered
    return business


@drp_pages.post("/data-rights-request")
@require(Permission.REQUESTS_WRITE)
@drp_pages.doc(requestBody=_BODY)  # type: ignore[untyped-decorator]  # flask-smorest ships no types
@writes
@drp_pages.answers(200, DrpStatusOut)
@drp_pages.problems(404)
def receive() -> DrpStatusOut:
    """Take the signed request of a person's agent. It begins unproven, like any other."""
    business = _business()
    if request.mimetype != _TEXT:
        raise UnsupportedMediaType(f"Send {_TEXT}.")
    request.max_content_length = 2 * drp.MAX_BYTES
    return drp.receive(request.get_data(), business, actor=current_actor())


@drp_pages.get("/data-rights-request/<uuid:request_id>")
@require(Permission.REQUESTS_READ)
@drp_pages.answers(200, DrpStatusOut)
def status(request_id: UUID) -> DrpStatusOut:
    """Where a request of this agent stands. Its result goes to the person alone."""
    _business()
    return drp.status(request_id, actor=current_actor())


@drp_pages.delete("/data-rights-request/<uuid:request_id>")
@require(Permission.REQUESTS_WRITE)
@writes
@drp_pages.answers(200, DrpStatusOut)
def cancel(request_id: UUID) -> DrpStatusOut:
    """Take a request back while nobody has begun with it."""
    _business()
    return drp.cancel(request_id, actor=current_actor())
