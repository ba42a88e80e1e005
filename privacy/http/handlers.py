"""Every error that leaves a view becomes a problem document, whatever raised it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import sqlalchemy as sa
from flask import Flask, Response, current_app, g, request
from werkzeug.exceptions import HTTPException

from privacy.db import DRIVER_ERRORS
from privacy.errors import (
    Malformed,
    NotAuthenticated,
    NotFound,
    NotPermitted,
    PrivacyError,
    TooManyRequests,
    Unavailable,
)
from privacy.http.failures import ContentTooLarge, MethodNotAllowed, NotAcceptable, UnsupportedMediaType
from privacy.http.instance import instance_of
from privacy.http.problems import problem_response, status_of
from privacy.http.request_log import log_failure

#: What the framework's own refusals are called here; another 4xx is `Malformed` with its own status.
_OF_STATUS: dict[int, type[PrivacyError]] = {
    401: NotAuthenticated,
    403: NotPermitted,
    404: NotFound,
    405: MethodNotAllowed,
    406: NotAcceptable,
    413: ContentTooLarge,
    415: UnsupportedMediaType,
    429: TooManyRequests,
}
#: Where the application keeps, by the beginning of a path, what makes a page of an error there.
ERROR_PAGES = "privacy_error_pages"
#: The error, its status, and headers that go with it.
ErrorPage = Callable[[PrivacyError, int, Sequence[tuple[str, str]]], Response]
_SERVER_ERROR = 500
_CLIENT_ERROR = 400


def register_handlers(app: Flask) -> None:
    """Make this room answer for all errors of the app."""
    app.register_error_handler(PrivacyError, _domain_error)
    for away in (sa.exc.OperationalError, sa.exc.TimeoutError, *DRIVER_ERRORS):
        app.register_error_handler(away, _database_away)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unknown_error)


def _domain_error(error: PrivacyError) -> Response:
    response = render_problem(error)
    if response.status_code == _SERVER_ERROR:
        log_failure(error)
    return response


def _database_away(error: Exception) -> Response:
    """A read met no database: nothing can be concluded from that, and nothing was changed."""
    log_failure(error)
    return render_problem(Unavailable("The database cannot be read now; try again."))


def _http_error(error: HTTPException) -> Response | HTTPException:
    status = error.code or _SERVER_ERROR
    if status < _CLIENT_ERROR:
        return error  # A redirect is no failure.
    if status >= _SERVER_ERROR:
        log_failure(error)
        return render_problem(PrivacyError(), status=status)
    kind = _OF_STATUS.get(status, Malformed)
    allow = [(name, value) for name, value in error.get_headers() if name.lower() in {"allow", "retry-after"}]
    return render_problem(kind(), status=status, headers=allow)


def _unknown_error(error: Exception) -> Response:
    propagate = current_app.config["PROPAGATE_EXCEPTIONS"]
    if propagate or (propagate is None and (current_app.testing or current_app.debug)):
        raise error  # In tests a fault shows its traceback.
    log_failure(error)
    return render_problem(PrivacyError())


def render_problem(
    error: PrivacyError, *, status: int | None = None, headers: list[tuple[str, str]] | None = None
) -> Response:
    """The error as the answer to this request: a problem document, or a page where people look at pages."""
    pages: Mapping[str, ErrorPage] = current_app.extensions.get(ERROR_PAGES, {})
    for prefix, page in pages.items():
        if request.path.startswith(prefix):
            return page(error, status or status_of(type(error)), headers or [])
    code, fields, body = problem_response(
        error,
        instance=instance_of(current_app, request.path),
        trace_id=g.get("trace_id", ""),
        status=status,
        headers=headers,
    )
    return Response(body, status=code, headers=fields)
