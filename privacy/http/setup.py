"""Put the plumbing on an application: everything that happens to a request before and after its view."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from flask import Flask, Response, current_app, g, request
from werkzeug.middleware.proxy_fix import ProxyFix

from privacy import clock, logs
from privacy.http import metrics
from privacy.http.auth import AUTHENTICATE, Authenticate, authenticate_request, authorise_request
from privacy.http.docs import docs
from privacy.http.handlers import register_handlers
from privacy.http.headers import header_setter
from privacy.http.json_provider import MsgspecProvider
from privacy.http.limits import RateLimiter
from privacy.http.operations import Checks, operations
from privacy.http.reading import MAX_BYTES
from privacy.http.request_log import log_request, trace_id_of
from privacy.http.spec import Api
from privacy.quarantine import ensure_out

LIMITER = "privacy_rate_limiter"
_UNMATCHED = "(unmatched)"


@dataclass(frozen=True)
class HttpSettings:
    """What the plumbing needs of the deployment's settings."""

    base_url: str
    #: Folder of the rate limit's counters.
    data_dir: Path
    #: Requests a minute for each key.
    rate_limit: int
    version: str
    #: Proxies in front, each of which writes down in `X-Forwarded-For` who asked it; 0 trusts none.
    trusted_proxy_hops: int = 0
    security_contact: str = ""
    api_docs: bool = True
    metrics: bool = True
    #: Blueprints whose pages may be read while the database is in quarantine; what runs the service always may.
    open_in_quarantine: frozenset[str] = frozenset()


def install(app: Flask, settings: HttpSettings, *, authenticate: Authenticate, checks: Checks) -> Api:
    """Install everything and return the `Api` on which rooms register their blueprints."""
    app.json = MsgspecProvider(app)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BYTES
    app.extensions[AUTHENTICATE] = authenticate
    app.extensions[LIMITER] = RateLimiter(settings.data_dir / "rate-limits", quota=settings.rate_limit)
    if settings.trusted_proxy_hops:
        proxied = ProxyFix(app.wsgi_app, x_for=settings.trusted_proxy_hops, x_proto=0, x_host=0)
        app.wsgi_app = proxied  # type: ignore[method-assign]  # Flask's documented way to put middleware on
    register_handlers(app)
    refuse = _refusing_in_quarantine(settings.open_in_quarantine | {"contract", "operations"})
    # Once more after the first connection, which is the one that finds out.
    for step in (_begin, refuse, authenticate_request, refuse, _count_request, authorise_request):
        app.before_request(step)
    # The last one registered runs first.
    for finish in (_observe, header_setter(settings.base_url), _tell_allowance):
        app.after_request(finish)
    app.teardown_request(_end)
    api = Api(
        app,
        title="Privacy",
        version=settings.version,
        base_url=settings.base_url,
        description="May system S contact person P, for purpose X, by channel C, now?",
    )
    app.register_blueprint(docs(api, browsable=settings.api_docs))
    app.register_blueprint(
        operations(
            checks=checks,
            base_url=settings.base_url,
            security_contact=settings.security_contact,
            show_metrics=settings.metrics,
        )
    )
    return api


def _begin() -> None:
    # Where a context outlives the request, nothing of the one before may be seen.
    for name in ("privacy_actor", "allowance"):
        g.pop(name, None)
    g.started = clock.micros()
    g.trace_id = trace_id_of(request.headers.get("traceparent"))
    g.log_context = contextlib.ExitStack()
    g.log_context.enter_context(logs.request(g.trace_id))


def _refusing_in_quarantine(readable: frozenset[str]) -> Callable[[], None]:
    """A step that refuses everything in quarantine, whoever asks, but for reading these blueprints' pages."""

    def refuse() -> None:
        reading = request.method in {"GET", "HEAD", "OPTIONS"} and request.blueprint in readable
        if not reading and request.endpoint is not None:
            ensure_out()

    return refuse


def _count_request() -> None:
    """Count an authenticated request; one without a valid key has nothing to spend and nothing to gain."""
    actor = g.get("privacy_actor")
    if actor is not None:
        limiter: RateLimiter = current_app.extensions[LIMITER]
        allowance = limiter.take(actor.id)
        g.allowance = allowance
        if not allowance.allowed:
            raise allowance.refuse()


def _tell_allowance(response: Response) -> Response:
    if "allowance" in g:
        response.headers.extend(g.allowance.headers())
    return response


def _observe(response: Response) -> Response:
    seconds = max(0, clock.micros() - g.started) / clock.SECOND
    route = request.url_rule.rule if request.url_rule else _UNMATCHED
    actor = g.get("privacy_actor")
    metrics.observe(route=route, method=request.method, status=response.status_code, seconds=seconds)
    log_request(
        method=request.method,
        route=route,
        status=response.status_code,
        seconds=seconds,
        actor=str(actor.id) if actor else None,
    )
    return response


def _end(_error: BaseException | None) -> None:
    context = g.pop("log_context", None)
    if context is not None:
        context.close()
