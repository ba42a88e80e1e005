"""Who it is: an identifier that a request names is a claim, until somebody has looked at the proof (Art. 12(6))."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import msgspec
from flask import Response
from msgspec import Meta

from privacy.authz.permissions import Permission
from privacy.console.blueprint import console
from privacy.console.counter.sayings import REFUSALS, kind_names
from privacy.console.requests import actions, words
from privacy.console.requests.actions import STEPS, plainly
from privacy.console.requests.one import ONE, Nothing, head
from privacy.console.requests.steps import Reason
from privacy.dsar import service as dsar
from privacy.dsar.service import Opened, ProofLevel
from privacy.errors import InvalidInput
from privacy.http.auth import current_actor
from privacy.pages.blueprint import needs
from privacy.pages.forms import NO_ERRORS, FormErrors, read_form
from privacy.pages.languages import locale
from privacy.pages.rendering import done, render
from privacy.programme import service as programmes
from privacy.subjects import service as subjects
from privacy.subjects.service import Naming

_IDENTIFY = needs(Permission.REQUESTS_IDENTIFY, fresh=True)
_READ = needs(Permission.REQUESTS_IDENTIFY, Permission.REQUESTS_SEARCH, fresh=True)


class _Identified(msgspec.Struct, forbid_unknown_fields=True):
    version: int
    proof: ProofLevel
    reason: Reason = ""
    kind: str = ""
    value: Annotated[str, Meta(max_length=300)] = ""
    confirmed: list[str] = []


@console.page("/requests/<uuid:request_id>/identify", guard=_IDENTIFY)
def requests_identify(request_id: UUID, errors: FormErrors = NO_ERRORS) -> Response:
    """Where somebody says who it is."""
    return _page(request_id, errors, None)


@console.form("/requests/<uuid:request_id>/identify/open", guard=_READ)
def requests_identify_open(request_id: UUID) -> Response:
    """The same beside what the request says. That somebody read it is in the log."""
    read_form(Nothing)
    return _page(request_id, NO_ERRORS, dsar.open_matter(request_id, actor=current_actor()))


@console.form("/requests/<uuid:request_id>/identify", guard=_IDENTIFY, again=requests_identify)
def requests_identified(request_id: UUID) -> Response:
    """Say who it is, and by which proof."""
    given, actor = read_form(_Identified), current_actor()
    row = dsar.visible(request_id, actor=actor)
    with plainly():
        dsar.identify(
            row.id,
            given.proof,
            dsar.role_of(actor),
            actor=actor,
            version=given.version,
            subject=_subject(given),
            confirmed=frozenset(given.confirmed) if given.confirmed else None,
            reason=given.reason or None,
        )
    return done(ONE, "request-decided", request_id=request_id)


def _page(request_id: UUID, errors: FormErrors, opened: Opened | None) -> Response:
    shown = head(request_id)
    kinds = kind_names(programmes.current(), locale())
    named = {one.kind for one in opened.matter.named} if opened is not None else None
    return render(
        "requests/identify.html",
        **shown,
        errors=errors,
        opened=opened,
        step=STEPS["identify"],
        can="identify" in actions.possible(shown["row"], current_actor()),
        kinds=dict(kinds),
        grounds=words.GROUNDS,
        proofs=[(one.value, words.PROOFS[one]) for one in words.PROOFS],
        confirmable=[(code, text) for code, text in kinds if named is None or code in named],
    )


def _subject(given: _Identified) -> Naming | None:
    """Who it is by our records, where the form names somebody; None where the request's own identifiers do."""
    if not given.value:
        return None
    try:
        return subjects.name_of(programmes.current(), current_actor(), {given.kind: given.value})
    except InvalidInput:
        raise InvalidInput.of("value", str(REFUSALS["malformed"])) from None
