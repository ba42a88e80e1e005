"""The review of a package: what in it is about somebody else too is kept or left out (Art. 15(4), 20(4))."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import msgspec
from flask import Response
from msgspec import Meta

from privacy.authz.permissions import Permission
from privacy.console.blueprint import console
from privacy.console.requests import words
from privacy.console.requests.actions import plainly
from privacy.console.requests.listing import SEARCH
from privacy.console.requests.one import Nothing, head
from privacy.dsar import service as dsar
from privacy.dsar.service import Review, Verdict
from privacy.errors import NotFound
from privacy.http.auth import current_actor
from privacy.pages.blueprint import needs
from privacy.pages.forms import NO_ERRORS, FormErrors, read_form
from privacy.pages.rendering import done, download, render
from privacy.programme import service as programmes

_HANDLE = needs(Permission.REQUESTS_HANDLE)
_REVIEW = "/requests/<uuid:request_id>/review"


class _Decided(msgspec.Struct, forbid_unknown_fields=True):
    version: int
    verdict: Verdict
    reason: Annotated[str, Meta(min_length=1, max_length=2_000)]
    items: list[str] = []


@console.page(_REVIEW, guard=SEARCH)
def requests_review(request_id: UUID, errors: FormErrors = NO_ERRORS) -> Response:
    """Where the review is begun: the values are shown by a form alone."""
    return _page(request_id, None, errors)


@console.form(f"{_REVIEW}/open", guard=SEARCH)
def requests_review_open(request_id: UUID) -> Response:
    """What is to be looked at, with the values. That somebody read it is in the log."""
    read_form(Nothing)
    return _page(request_id, _read(request_id))


@console.form(f"{_REVIEW}/files/<item_id>", guard=SEARCH)
def requests_review_file(request_id: UUID, item_id: str) -> Response:
    """One file to look into. That somebody read it is in the log."""
    read_form(Nothing)
    found = _read(request_id).files.get(item_id)
    if found is None:
        raise NotFound
    return download(found.content, "application/octet-stream", found.name)


@console.form(f"{_REVIEW}/decide", guard=_HANDLE, again=requests_review)
def requests_review_decide(request_id: UUID) -> Response:
    """Keep or leave out what was ticked, with the reason."""
    given, actor = read_form(_Decided), current_actor()
    row = dsar.visible(request_id, actor=actor)
    with plainly():
        dsar.decide_review(row.id, given.items, given.verdict, reason=given.reason, actor=actor, version=given.version)
    return done("console.requests_review", "review-decided", request_id=request_id)


def _read(request_id: UUID) -> Review:
    actor = current_actor()
    return dsar.open_review(dsar.visible(request_id, actor=actor).id, actor=actor)


def _page(request_id: UUID, seen: Review | None, errors: FormErrors = NO_ERRORS) -> Response:
    programme = programmes.current()
    return render(
        "requests/review.html",
        **head(request_id),
        errors=errors,
        seen=seen,
        why=words.WHY_REVIEWED,
        system=lambda code: words.system(code, programme),
        may_decide=Permission.REQUESTS_HANDLE in current_actor().permissions,
    )
