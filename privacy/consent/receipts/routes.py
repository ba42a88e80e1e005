"""The receipt of an act over HTTP, in the form that Accept names."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from flask import Response, current_app, request

from privacy.authz.permissions import Permission
from privacy.consent import service
from privacy.consent.receipts.issuing import ENDINGS
from privacy.consent.receipts.schemas import ConsentReceiptOut, LocaleOf
from privacy.consent.service import ReceiptForm
from privacy.http.auth import current_actor, require
from privacy.http.blueprint import Blueprint
from privacy.http.failures import NotAcceptable

receipts = Blueprint("receipts", __name__, url_prefix="/api/v1/consents", description="Receipts of consent acts.")

#: Where the application keeps its own address, which receipts name.
BASE_URL = "privacy_base_url"
_KANTARA_1_1 = f"{ReceiptForm.KANTARA};version=1.1"
#: What Accept may name; the first is for whoever does not say.
_FORMS: Mapping[str, ReceiptForm] = {form.value: form for form in ReceiptForm} | {_KANTARA_1_1: ReceiptForm.KANTARA}


@receipts.get("/<uuid:consent_id>/receipt")
@require(Permission.CONSENTS_READ)
@receipts.arguments(LocaleOf, location="query")  # type: ignore[untyped-decorator]  # flask-smorest ships no types
@receipts.answers(200, ConsentReceiptOut)
@receipts.gives_file(ReceiptForm.DPV.value, "JSON-LD with the terms of W3C DPV 2.3 (DPV-27560 profile).")
@receipts.gives_file(_KANTARA_1_1, "Kantara Consent Receipt v1.1; only of a consent given.")
@receipts.gives_file(ReceiptForm.PDF.value, "For people.")
@receipts.problems(406, 409)
def show(asked: dict[str, str], consent_id: UUID) -> Response:
    """The receipt of an act: by Accept ISO/IEC TS 27560, W3C DPV, Kantara or PDF; signed, and proven by the log.

    An act that was recorded a moment ago is waited for; where the log does not publish it in time that is a 503.
    """
    form = _acceptable()
    actor = current_actor()
    made = service.receipt_of(
        service.reveal_act(actor, consent_id),
        form,
        actor=actor,
        locales=[asked["locale"]] if "locale" in asked else list(request.accept_languages.values()),
        base_url=current_app.extensions[BASE_URL],
    )
    media_type = _KANTARA_1_1 if form is ReceiptForm.KANTARA else form.value
    response = Response(made.content, content_type=media_type)
    response.vary.update(("Accept", "Accept-Language"))
    response.content_language.add(made.language)
    if form is not ReceiptForm.ISO_27560:
        name = f"receipt-{consent_id}.{ENDINGS[form]}"
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _acceptable() -> ReceiptForm:
    wanted = request.accept_mimetypes
    found = wanted.best_match(list(_FORMS)) if wanted else ReceiptForm.ISO_27560.value
    if found is None:
        raise NotAcceptable(f"There is: {', '.join(_FORMS)}.")
    return _FORMS[found]
