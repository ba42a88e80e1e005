"""The check below Flask: the hottest path, at a fraction of the framework's cost.

The same authentication, limit, reading, decision, problems, headers, figures and log line as any other route has; only
the dispatch is left out. Whatever is not a plain `POST` to this address goes on to Flask, which has the view for it.
"""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from privacy import clock, logs
from privacy.authz.actors import Actor
from privacy.authz.permissions import Permission
from privacy.consent.answering import Answer, CheckEndpoint, undecided
from privacy.errors import Unavailable
from privacy.http import metrics
from privacy.http.auth import Authenticate, bearer_key
from privacy.http.limits import RateLimiter
from privacy.http.problems import problem_response
from privacy.http.reading import MAX_BYTES
from privacy.http.request_log import log_failure, log_request, trace_id_of
from privacy.quarantine import ensure_out

PATH = "/api/v1/consents/check"
_PHRASES = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}
_SERVER_ERROR = 500


class CheckShortcut:
    """A WSGI application that answers checks and hands everything else on."""

    def __init__(
        self,
        onward: WSGIApplication,
        endpoint: CheckEndpoint,
        *,
        authenticate: Authenticate,
        limiter: RateLimiter,
        headers: Iterable[tuple[str, str]],
    ) -> None:
        self._onward = onward
        self._endpoint = endpoint
        self._authenticate = authenticate
        self._limiter = limiter
        self._headers = list(headers)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a check."""
        length = environ.get("CONTENT_LENGTH", "")
        if (
            environ["PATH_INFO"] != PATH
            or environ["REQUEST_METHOD"] != "POST"
            or not (length.isascii() and length.isdigit() and int(length) <= MAX_BYTES)
        ):
            return self._onward(environ, start_response)
        started = clock.micros()
        trace_id = trace_id_of(environ.get("HTTP_TRACEPARENT"))
        with logs.request(trace_id):
            actor, (status, headers, content) = self._answer(environ, int(length), trace_id)
            seconds = max(0, clock.micros() - started) / clock.SECOND
            metrics.observe(route=PATH, method="POST", status=status, seconds=seconds)
            log_request(
                method="POST", route=PATH, status=status, seconds=seconds, actor=str(actor.id) if actor else None
            )
        start_response(_PHRASES[status], [*headers, *self._headers, ("Content-Length", str(len(content)))])
        return [content]

    def _answer(self, environ: WSGIEnvironment, length: int, trace_id: str) -> tuple[Actor | None, Answer]:
        actor: Actor | None = None
        limit: list[tuple[str, str]] = []

        def admit(known: Actor) -> None:
            nonlocal actor, limit
            actor = known
            allowance = self._limiter.take(known.id)
            limit = allowance.headers()
            if not allowance.allowed:
                raise allowance.refuse()
            known.require(Permission.CONSENTS_CHECK)

        try:
            ensure_out()
            status, headers, content = self._endpoint.answer_key(
                environ["wsgi.input"].read(length),
                bearer_key(environ.get("HTTP_AUTHORIZATION")),
                mimetype=environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower(),
                authenticate=self._authenticate,
                admit=admit,
            )
        except Exception as error:  # whatever it is, the caller gets a problem document and never a "no"
            shown = undecided(error) if isinstance(error, Unavailable) else error
            status, headers, content = problem_response(shown, instance=PATH, trace_id=trace_id)
            if status == _SERVER_ERROR:
                log_failure(error)
        return actor, (status, [*headers, *limit], content)
