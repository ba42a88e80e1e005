"""Erasures and evidence records over HTTP, for staff."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from flask import Response, current_app, request

from privacy import clock
from privacy.authz.permissions import Permission
from privacy.erasure import service
from privacy.erasure.schemas import (
    CertificateOut,
    ErasureOut,
    OpenedOut,
    OpenIn,
    RecordFoundOut,
    RecordsFoundOut,
    RemainsOut,
    SearchIn,
)
from privacy.erasure.service import ErasureView, Form
from privacy.errors import InvalidInput
from privacy.http.auth import current_actor, require
from privacy.http.blueprint import Blueprint
from privacy.http.failures import NotAcceptable
from privacy.http.unit import writes
from privacy.programme import service as programmes
from privacy.subjects import service as subjects

erasures = Blueprint(
    "erasures", __name__, url_prefix="/api/v1", description="Erasures, their certificates, and evidence records."
)

#: Where the application keeps its own address, which certificates name.
BASE_URL = "privacy_base_url"
_FORMS: Mapping[str, Form] = {form.value: form for form in Form}


@erasures.get("/erasures/<uuid:erasure_id>")
@require(Permission.ERASURES_READ)
@erasures.answers(200, ErasureOut)
@erasures.problems(404)
def show(erasure_id: UUID) -> ErasureOut:
    """One erasure: when, what was deleted, what remains, why and until when. Without personal data."""
    return _erasure(service.view(erasure_id, realm=current_actor().realm))


@erasures.get("/erasures/<uuid:erasure_id>/certificate")
@require(Permission.ERASURES_READ)
@erasures.answers(200, CertificateOut)
@erasures.gives_file(Form.PDF.value, "For people.")
@erasures.problems(404, 406)
def certificate(erasure_id: UUID) -> Response:
    """The certificate of an erasure: by Accept JSON or PDF; signed, and proven by the log."""
    wanted = request.accept_mimetypes
    found = wanted.best_match(list(_FORMS)) if wanted else Form.JSON.value
    if found is None:
        raise NotAcceptable(f"There is: {', '.join(_FORMS)}.")
    form = _FORMS[found]
    made = service.certificate_of(
        erasure_id,
        form,
        realm=current_actor().realm,
        locales=list(request.accept_languages.values()),
        base_url=current_app.extensions[BASE_URL],
    )
    response = Response(made.content, content_type=form.value)
    response.vary.update(("Accept", "Accept-Language"))
    response.content_language.add(made.language)
    if form is Form.PDF:
        response.headers["Content-Disposition"] = f'attachment; filename="erasure-{erasure_id}.pdf"'
    return response


@erasures.post("/evidence-records/search")
@require(Permission.EVIDENCE_RECORDS_OPEN)
@erasures.body(SearchIn)
@writes
@erasures.answers(200, RecordsFoundOut)
def search(body: SearchIn) -> RecordsFoundOut:
    """Evidence records that name a contact, for a named case. Says that they are there and no more."""
    actor = current_actor()
    naming = subjects.name_of(programmes.current(), actor, body.contact, place="contact")
    if naming.by_account or len(naming.contacts) != 1:
        raise InvalidInput.of("contact", "Name exactly one contact, such as an email.")
    [contact] = naming.contacts.values()
    found = service.search_records(contact, case=body.case, actor=actor)
    return RecordsFoundOut(
        [RecordFoundOut(str(one.id), str(one.erasure_id), one.expires_on.isoformat()) for one in found]
    )


@erasures.post("/evidence-records/<uuid:record_id>/open")
@require(Permission.EVIDENCE_RECORDS_OPEN)
@erasures.body(OpenIn)
@writes
@erasures.answers(200, OpenedOut)
@erasures.problems(404, 409)
def open_record(body: OpenIn, record_id: UUID) -> OpenedOut:
    """Open an evidence record for a case. One person asks with a reason; another sends the approval's id, and reads."""
    actor = current_actor()
    if body.approval is None:
        asked = service.request_opening(record_id, case=body.case, actor=actor, reason=body.reason or "")
        return OpenedOut(str(asked), opened=False)
    if "Idempotency-Key" in request.headers:
        raise InvalidInput.of("Idempotency-Key", "What an evidence record says is not kept for a repeat: leave it out.")
    try:
        approval = UUID(body.approval)
    except ValueError:
        raise InvalidInput.of("approval", "This has not the form of an approval's id.") from None
    record = service.open_record(record_id, approval, case=body.case, actor=actor)
    return OpenedOut(str(approval), opened=True, record=dict(record))


def _erasure(seen: ErasureView) -> ErasureOut:
    remains = [
        RemainsOut(entry["what"], entry.get("count"), entry.get("until"), entry.get("basis")) for entry in seen.remains
    ]
    return ErasureOut(
        str(seen.id), clock.isoformat(seen.erased_at), clock.isoformat(seen.shred_by), dict(seen.deleted), remains
    )
