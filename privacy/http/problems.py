"""Every failure as one shape: a problem document (RFC 9457).

One table maps the categories of `privacy.errors` to statuses. Pure functions, so that a path below Flask answers
the same. A problem of status 500 says its title and a trace id and nothing else: its cause is ours, and in the log.
"""

from __future__ import annotations

from typing import Any

import msgspec

from privacy.errors import (
    Conflict,
    InvalidInput,
    Malformed,
    NotAuthenticated,
    NotFound,
    NotPermitted,
    PrivacyError,
    TooManyRequests,
    Unavailable,
    VerificationError,
)
from privacy.http.failures import ContentTooLarge, MethodNotAllowed, NotAcceptable, UnsupportedMediaType

MEDIA_TYPE = "application/problem+json"

STATUS: dict[type[PrivacyError], int] = {
    Malformed: 400,
    NotAuthenticated: 401,
    NotPermitted: 403,
    NotFound: 404,
    MethodNotAllowed: 405,
    NotAcceptable: 406,
    Conflict: 409,
    ContentTooLarge: 413,
    UnsupportedMediaType: 415,
    InvalidInput: 422,
    TooManyRequests: 429,
    VerificationError: 500,
    PrivacyError: 500,
    Unavailable: 503,
}

#: Seconds after which an unavailable service is worth another try.
RETRY_AFTER = 5
_INTERNAL = 500
#: Long enough for every address of ours; a longer one is cut rather than sent back.
_LONGEST_INSTANCE = 200

Answer = tuple[int, list[tuple[str, str]], bytes]


def status_of(kind: type[PrivacyError]) -> int:
    """The status of an error class: its own, or that of the nearest class above it."""
    return next(STATUS[cls] for cls in kind.__mro__ if cls in STATUS)


def problem_response(
    error: Exception,
    *,
    instance: str,
    trace_id: str,
    status: int | None = None,
    headers: list[tuple[str, str]] | None = None,
) -> Answer:
    """Status, headers and body for an error. Anything but a `PrivacyError` is an internal error without details."""
    known = error if isinstance(error, PrivacyError) else PrivacyError()
    code = status or status_of(type(known))
    body = document(known, status=code, instance=instance, trace_id=trace_id)
    fields = [("Content-Type", MEDIA_TYPE), *(headers or []), *_headers(known)]
    return code, fields, msgspec.json.encode(body)


def document(error: PrivacyError, *, status: int, instance: str, trace_id: str) -> dict[str, Any]:
    """The members of the problem document."""
    own: dict[str, Any] = {"type": f"/problems/{error.code}", "title": error.title(), "status": status}
    if status != _INTERNAL:
        own["detail"] = error.detail
    own["instance"] = instance[:_LONGEST_INSTANCE]
    own["trace_id"] = trace_id
    extensions = {} if status == _INTERNAL else error.extensions
    return {**extensions, **own}


def _headers(error: PrivacyError) -> list[tuple[str, str]]:
    if isinstance(error, NotAuthenticated):
        return [("WWW-Authenticate", "Bearer")]
    if isinstance(error, Unavailable | TooManyRequests):
        return [("Retry-After", str(error.extensions.get("retry_after", RETRY_AFTER)))]
    return []
