"""`/openapi.json`, `/docs` and `/problems/<code>`: the contract, readable without a script or a foreign server."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib import resources
from typing import Any

import msgspec
from flask import Blueprint, Response, render_template, request

from privacy.errors import NotFound, PrivacyError, catalogue
from privacy.http.auth import public
from privacy.http.problems import status_of
from privacy.http.spec import Api

_METHODS = ("get", "put", "post", "patch", "delete")


def docs(api: Api, *, browsable: bool) -> Blueprint:
    """The routes of the contract. The catalogue of problems is always there: every problem's `type` points to it."""
    pages = Blueprint("contract", __name__, template_folder="templates")
    encoded: list[bytes] = []

    @pages.get("/problems/<code>")
    @public
    def problem(code: str) -> Response:
        kind = next((kind for kind in catalogue() if kind.code == code), None)
        if kind is None:
            raise NotFound
        return _problem_page(kind)

    if browsable:

        @pages.get("/openapi.json")
        @public
        def description() -> Response:
            if not encoded:  # Made at the first call, when all rooms have registered.
                encoded.append(msgspec.json.encode(api.description()))
            return Response(encoded[0], mimetype="application/json")

        @pages.get("/docs")
        @public
        def browse() -> Response:
            spec = api.description()
            return _page("docs.html", spec=spec, groups=_groups(spec))

    return pages


def _problem_page(kind: type[PrivacyError]) -> Response:
    entry = {"type": f"/problems/{kind.code}", "title": kind.title(), "status": status_of(kind)}
    if request.accept_mimetypes.best_match(["application/json", "text/html"]) == "text/html":
        return _page("problem.html", entry=entry)
    return Response(msgspec.json.encode(entry), mimetype="application/json")


def _groups(spec: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The operations by their first tag, in the order of registration."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, item in spec["paths"].items():
        for method in _METHODS:
            if method in item:
                operation = item[method]
                parameters = [*item.get("parameters", []), *operation.get("parameters", [])]
                entry = {**operation, "path": path, "method": method.upper(), "all_parameters": parameters}
                groups.setdefault(operation["tags"][0], []).append(entry)
    return groups


def _page(template: str, **values: Any) -> Response:
    style, digest = _style()
    response = Response(render_template(template, style=style, pretty=_pretty, **values), mimetype="text/html")
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return response


def _pretty(value: Any) -> str:
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode()


@cache
def _style() -> tuple[str, str]:
    """The style sheet and the hash by which the page's policy admits it and nothing else."""
    text = (resources.files("privacy.http") / "templates" / "docs.css").read_text(encoding="utf-8")
    return text, base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
