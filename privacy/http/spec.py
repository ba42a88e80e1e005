"""The API description (OpenAPI 3.1): schemas of msgspec Structs beside marshmallow's, problems, the key."""

from __future__ import annotations

import threading
from http import HTTPStatus
from typing import Any

import flask_smorest
import msgspec
from flask import Flask

from privacy.http import idempotency
from privacy.http.problems import MEDIA_TYPE

_REF = "#/components/schemas/{name}"
_TEXT = {"type": "string"}
_PROBLEM = {
    "type": "object",
    "description": "A problem document (RFC 9457). `type` names an entry of the catalogue and says what it means.",
    "required": ["type", "title", "status", "instance", "trace_id"],
    "properties": {
        "type": {**_TEXT, "format": "uri-reference"},
        "title": _TEXT,
        "status": {"type": "integer"},
        "detail": _TEXT,
        "instance": {**_TEXT, "description": "The path of the request."},
        "errors": {
            "type": "object",
            "description": "What is wrong, by field.",
            "additionalProperties": {"type": "array", "items": _TEXT},
        },
        "trace_id": {**_TEXT, "description": "Names this request in our log."},
    },
}
_HEADERS: dict[int, dict[str, Any]] = {
    401: {"WWW-Authenticate": {"schema": _TEXT}},
    429: {"Retry-After": {"description": "Seconds.", "schema": {"type": "integer"}}},
    503: {"Retry-After": {"description": "Seconds.", "schema": {"type": "integer"}}},
}


class Api(flask_smorest.Api):  # type: ignore[misc]  # flask-smorest ships no types
    """flask-smorest without its error bodies and pages: every failure is a problem document of ours."""

    DEFAULT_ERROR_RESPONSE_NAME = None

    def __init__(self, app: Flask, *, title: str, version: str, base_url: str, description: str) -> None:
        app.config.update(
            API_TITLE=title,
            API_VERSION=version,
            OPENAPI_VERSION="3.1.0",
            API_SPEC_OPTIONS={"servers": [{"url": base_url}], "info": {"description": description}},
        )
        self._to_describe: list[flask_smorest.Blueprint] = []
        self._describing = threading.Lock()
        super().__init__(app)
        self.spec.components.schemas.pop("PaginationMetadata", None)  # Lists here are paged by key.
        scheme = {"type": "http", "scheme": "bearer", "description": "A key made with `privacy client create`."}
        self.spec.components.security_scheme("bearer", scheme)

    def register_blueprint(self, blp: flask_smorest.Blueprint) -> None:
        """Serve its routes. They are described when somebody asks: a command at the terminal never does."""
        # What flask-smorest does too, but for the description, which takes longer than the rest of a start.
        self._app.extensions["flask-smorest"]["blp_name_to_api"][blp.name] = self
        self._app.register_blueprint(blp)
        self._to_describe.append(blp)

    def description(self) -> dict[str, Any]:
        """The whole description; raises `ValueError` where two types of the API share a name."""
        with self._describing:
            while self._to_describe:
                room = self._to_describe[0]
                room.register_views_in_doc(self, self._app, self.spec, name=room.name, parameters=None)
                self.spec.tag({"name": room.name, "description": room.description})
                del self._to_describe[0]  # A failure is told to everybody who asks.
            found: dict[str, Any] = self.spec.to_dict()
            return found

    def _register_error_handlers(self) -> None:
        """`handlers` answers for all errors."""

    def _register_doc_blueprint(self) -> None:
        """`docs` serves the description."""

    def _register_responses(self) -> None:
        self.spec.components.schema("Problem", _PROBLEM)
        for status in HTTPStatus:
            if status >= HTTPStatus.BAD_REQUEST:
                response = {
                    "description": status.phrase,
                    "content": {MEDIA_TYPE: {"schema": {"$ref": _REF.format(name="Problem")}}},
                    "headers": _HEADERS.get(status, {}),
                }
                self.spec.components.response(status.name, response, lazy=True)


def reference(spec: Any, kind: Any) -> dict[str, Any]:
    """The schema of a type for the description; the Structs in it become components."""
    (schema,), components = msgspec.json.schema_components([kind], ref_template=_REF)
    for name, component in components.items():
        known = spec.components.schemas.get(name)
        if known is None:
            spec.components.schema(name, component)
        elif known != component:
            raise ValueError(f"two types of the API are called {name}")
    return schema


def idempotency_parameter() -> dict[str, Any]:
    """The header that makes a repeated request have one effect."""
    return {
        "in": "header",
        "name": "Idempotency-Key",
        "required": False,
        "description": "Sent again with the same body within seven days, the request has no second effect and gets "
        "the first answer, with `Idempotency-Replayed: true`.",
        "schema": {
            "type": "string",
            "minLength": 1,
            "maxLength": 257,
            "pattern": idempotency.PATTERN,
            "examples": ['"8e03978e-40d5-43dd-bc93"'],
        },
    }
