"""Security headers, the same on every answer unless a page has set its own."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response

#: For machines and problem documents: nothing may be loaded, framed or kept.
API_HEADERS = (
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cache-Control", "no-store"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
)
#: Two years, as the preload list asks. Only where the service's own address is https.
HSTS = ("Strict-Transport-Security", "max-age=63072000; includeSubDomains")


def security_headers(base_url: str) -> list[tuple[str, str]]:
    """The headers for a service at that address; also for paths below Flask."""
    return [*API_HEADERS, *([HSTS] if base_url.startswith("https://") else [])]


def header_setter(base_url: str) -> Callable[[Response], Response]:
    """A function for `after_request` that sets what a view has not set itself."""
    headers = security_headers(base_url)

    def set_headers(response: Response) -> Response:
        for name, value in headers:
            response.headers.setdefault(name, value)
        return response

    return set_headers
