"""A web process that starts sealed: it lives, says that it is not ready, and answers nothing until it is opened.

Put in front of the application, which can be made only once the keys open. It waits in a thread of its own; a server
that forks after it has loaded the application (gunicorn --preload) would leave that thread behind.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import msgspec

from privacy import clock, logs
from privacy.crypto import unsealing
from privacy.crypto.providers.interface import Sealed
from privacy.http import metrics
from privacy.http.problems import problem_response
from privacy.http.request_log import log_request, trace_id_of

#: Every way to ask whether somebody may be contacted: an answer there is never to be read as a "no" to store.
_CHECKS = "/api/v1/consents/check"
_LIVE, _READY = "/livez", "/readyz"
_ROUTE = "(sealed)"
_JSON = [("Content-Type", "application/json")]
_NAME = "web"


class OpensLater:
    """A WSGI application that is the real one as soon as that can be made: `make` raises `Sealed` until then."""

    def __init__(self, make: Callable[[], WSGIApplication], folder: Path, headers: Sequence[tuple[str, str]]) -> None:
        self._make, self._headers = make, list(headers)
        self._app: WSGIApplication | None = None
        try:
            self._start()
        except Sealed:
            threading.Thread(target=self._wait, args=(folder,), name="unsealing", daemon=True).start()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Hand on to the application, or say that it is sealed."""
        if self._app is not None:
            return self._app(environ, start_response)
        started = clock.micros()
        trace_id = trace_id_of(environ.get("HTTP_TRACEPARENT"))
        with logs.request(trace_id):
            status, headers, content = _sealed(environ["PATH_INFO"], trace_id)
            seconds = max(0, clock.micros() - started) / clock.SECOND
            method = environ["REQUEST_METHOD"]
            metrics.observe(route=_ROUTE, method=method, status=status, seconds=seconds)
            if environ["PATH_INFO"] not in {_LIVE, _READY}:  # Somebody asks them every second, for hours perhaps.
                log_request(method=method, route=_ROUTE, status=status, seconds=seconds, actor=None)
        length = ("Content-Length", str(len(content)))
        start_response(f"{status} {HTTPStatus(status).phrase}", [*headers, *self._headers, length])
        return [] if method == "HEAD" else [content]

    def _start(self) -> None:
        self._app = self._make()

    def _wait(self, folder: Path) -> None:
        unsealing.wait(folder, _NAME, self._start, lambda: False)


def _sealed(path: str, trace_id: str) -> tuple[int, list[tuple[str, str]], bytes]:
    if path == _LIVE:
        return 200, list(_JSON), msgspec.json.encode({"live": True})
    if path == _READY:
        body = {"ready": False, "checks": {"keys": "failed"}, "sealed": True}
        return 503, list(_JSON), msgspec.json.encode(body)
    undecided: dict[str, Any] = {"allowed": False, "reason": "unavailable"} if path.startswith(_CHECKS) else {}
    return problem_response(Sealed(**undecided), instance=path, trace_id=trace_id)
