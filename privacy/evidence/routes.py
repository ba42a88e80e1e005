"""Evidence over HTTP. The person is named in the body, so that nothing personal is in an address."""

from __future__ import annotations

from uuid import UUID

from flask import Response

from privacy.authz.permissions import Permission
from privacy.db import unit_of_work
from privacy.evidence import service
from privacy.evidence.schemas import BundleIn
from privacy.http.auth import current_actor, require
from privacy.http.blueprint import Blueprint
from privacy.programme import service as programmes
from privacy.subjects import service as subjects

evidence = Blueprint("evidence", __name__, url_prefix="/api/v1/audit", description="Evidence to hand out.")

#: Seconds that a request waits for the newest event to be published, which takes about one.
_PATIENCE = 5.0


@evidence.post("/bundles")
@require(Permission.AUDIT_READ)
@evidence.body(BundleIn)
@evidence.gives_file(service.MEDIA_TYPE, "The archive; `privacy-verify` verifies it.")
@evidence.problems(404, 409, 503)
def bundle(body: BundleIn) -> Response:
    """All evidence about one person as one archive that verifies without this service; who takes it is recorded."""
    actor, programme = current_actor(), programmes.current()
    made = service.make_bundle(
        subjects.name_of(programme, actor, body.subject),
        actor=actor,
        programme=programme,
        locale=body.locale or programme.jurisdiction.locales[0],
        presented=body.decisions,
        seconds=_PATIENCE,
    )
    with unit_of_work():
        service.record_bundle(made, actor=actor)
    headers = {"Content-Disposition": 'attachment; filename="evidence.zip"', "Cache-Control": "no-store"}
    return Response(made.content, mimetype=service.MEDIA_TYPE, headers=headers)


@evidence.post("/breaches/<uuid:breach_id>/timeline")
@require(Permission.BREACHES_READ)
@evidence.gives_file(service.MEDIA_TYPE, "The archive; `privacy-verify` verifies it.")
@evidence.problems(404, 503)
def timeline(breach_id: UUID) -> Response:
    """The course of one breach as one archive that verifies without this service; who takes it is recorded."""
    actor = current_actor()
    made = service.make_timeline(str(breach_id), actor=actor, seconds=_PATIENCE)
    with unit_of_work():
        service.record_timeline(made, actor=actor)
    headers = {"Content-Disposition": f'attachment; filename="{made.number}.zip"', "Cache-Control": "no-store"}
    return Response(made.content, mimetype=service.MEDIA_TYPE, headers=headers)
