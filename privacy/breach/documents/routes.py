"""Documents of breaches over HTTP: the notification to the authority, and the register. Who reads one is in the log."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import Response, request

from privacy.authz.permissions import Permission
from privacy.breach.documents import filing
from privacy.breach.documents.filing import Filed, Form
from privacy.breach.documents.notification import NotificationFormOut
from privacy.breach.documents.register_report import RegisterOut
from privacy.breach.documents.schemas import NotificationAsked, RegisterAsked
from privacy.breach.options import Phase
from privacy.db import unit_of_work
from privacy.errors import InvalidInput
from privacy.http.auth import current_actor, require
from privacy.http.blueprint import Blueprint
from privacy.http.failures import NotAcceptable

breach_documents = Blueprint(
    "breach_documents",
    __name__,
    url_prefix="/api/v1/breaches",
    description="Documents of personal data breaches: notifications to the authority, and the register.",
)


@breach_documents.get("/<uuid:breach_id>/notification")
@require(Permission.BREACHES_HANDLE)
@breach_documents.arguments(NotificationAsked, location="query")  # type: ignore[untyped-decorator]  # flask-smorest ships no types
@breach_documents.answers(200, NotificationFormOut)
@breach_documents.gives_file(Form.PDF.value, "The form as the authority reads it, and a page of what it lacks.")
@breach_documents.problems(404, 406)
def notification(asked: dict[str, Any], breach_id: UUID) -> Response:
    """The notification to the authority that would be sent now, by Accept JSON or PDF; or one as it was sent."""
    form, actor = _form((Form.JSON, Form.PDF)), current_actor()
    with unit_of_work():
        if "sent" in asked:
            return _file(filing.sent_document(breach_id, int(asked["sent"]), form, actor=actor))
        phase = Phase(asked["phase"]) if "phase" in asked else None
        return _file(filing.notification_of(breach_id, form, actor=actor, phase=phase, locales=_locales(asked)))


@breach_documents.get("/register")
@require(Permission.BREACHES_HANDLE)
@breach_documents.arguments(RegisterAsked, location="query")  # type: ignore[untyped-decorator]  # flask-smorest ships no types
@breach_documents.answers(200, RegisterOut)
@breach_documents.gives_file(Form.PDF.value, "For people.")
@breach_documents.problems(406)
def register(asked: dict[str, Any]) -> Response:
    """The register of breaches (Art. 33(5)), by Accept JSON, PDF or CSV: every one, notified or not."""
    form = _form((Form.JSON, Form.PDF, Form.CSV))
    since, until = asked.get("since"), asked.get("until")
    if since is not None and until is not None and until < since:
        raise InvalidInput.of("until", "It lies before `since`.")
    with unit_of_work():
        made = filing.register_of(
            form,
            actor=current_actor(),
            since=since,
            until=until,
            rehearsals="rehearsals" in asked,
            locales=_locales(asked),
        )
    return _file(made)


def _form(forms: Sequence[Form]) -> Form:
    wanted = request.accept_mimetypes
    found = wanted.best_match([form.value for form in forms]) if wanted else Form.JSON.value
    if found is None:
        raise NotAcceptable(f"There is: {', '.join(forms)}.")
    return Form(found)


def _locales(asked: dict[str, Any]) -> list[str]:
    return [asked["locale"]] if "locale" in asked else list(request.accept_languages.values())


def _file(made: Filed) -> Response:
    response = Response(made.content, content_type=made.form.value)
    response.vary.update(("Accept", "Accept-Language"))
    response.content_language.add(made.language)
    response.headers["Cache-Control"] = "no-store"
    if made.form is not Form.JSON:
        response.headers["Content-Disposition"] = f'attachment; filename="{made.name}"'
    return response
