"""A blueprint whose views read and answer msgspec Structs, and whose API description says every status they give.

Marshmallow schemas work too (`arguments`, `response`). The order of decorators, from the top: the route, `require` or
`public`, what reads the body, `writes` where the view changes something, what makes the response.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from copy import deepcopy
from http import HTTPStatus
from typing import Any, Never

import flask_smorest
import marshmallow
import msgspec
from flask import Response, request
from webargs.flaskparser import FlaskParser

from privacy.errors import InvalidInput
from privacy.http.auth import PUBLIC
from privacy.http.failures import UnsupportedMediaType
from privacy.http.reading import MAX_BYTES, could_be_a_field, decode, decode_any
from privacy.http.spec import idempotency_parameter, reference
from privacy.http.unit import WRITES

View = Callable[..., Any]
_JSON = "application/json"
#: Lines of JSON; as plain text where a tool knows no other name for them.
LINES = ("application/x-ndjson", "text/plain")
#: Bytes that are not looked at while they are received.
OCTETS = "application/octet-stream"
#: Any request can be unreadable, hit a fault of ours, or find the database away.
_ALWAYS = {400, 500, 503}
_WITH_KEY = {401, 403, 429}
_WITH_BODY = {413, 415, 422}


def read_json(kind: type[Any], *, max_bytes: int = MAX_BYTES) -> Any:
    """The body of the request as a `kind`; raises `UnsupportedMediaType` and what `decode` raises."""
    if request.mimetype != _JSON:
        raise UnsupportedMediaType(f"Send {_JSON}.")
    request.max_content_length = max_bytes
    return decode(request.get_data(), kind, max_bytes=max_bytes)


class StrictParser(FlaskParser):
    """Reads for marshmallow what `reading` accepts, and raises our errors."""

    DEFAULT_UNKNOWN_BY_LOCATION = {**FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION, "query": marshmallow.RAISE}  # noqa: RUF012  # as the parent has it

    def load_json(self, req: Any, _schema: Any) -> Any:
        """The body of the request."""
        if req.mimetype != _JSON:
            raise UnsupportedMediaType(f"Send {_JSON}.")
        return decode_any(req.get_data())

    def handle_error(self, error: marshmallow.ValidationError, *_args: Any, **_kwargs: Any) -> Never:
        """Raise the schema's findings as `InvalidInput`, by the path of the field."""
        messages = error.messages if isinstance(error.messages, dict) else {"body": error.messages}
        errors: dict[str, list[str]] = {}
        for place in messages.values():
            _flatten("", place, errors)
        raise InvalidInput(errors=errors) from None


class Blueprint(flask_smorest.Blueprint):  # type: ignore[misc]  # flask-smorest ships no types
    """Routes of one room."""

    # Its header is documented wrongly and its counting is slow: lists here are paged by key.
    PAGINATION_HEADER_NAME = None
    ARGUMENTS_PARSER = StrictParser()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._prepare_doc_cbks.append(self._describe)

    def body(self, kind: type[Any], *, max_bytes: int = MAX_BYTES) -> Callable[[View], View]:
        """Read the JSON body strictly as `kind` and pass it as the view's first argument."""

        def decorate(view: View) -> View:
            @functools.wraps(view)
            def wrapper(*args: Any, **kwargs: Any) -> Any:
                return view(read_json(kind, max_bytes=max_bytes), *args, **kwargs)

            return _documented(wrapper, body=kind)

        return decorate

    def answers(self, status: int, kind: Any = None, *, description: str | None = None) -> Callable[[View], View]:
        """Answer with `status` and what the view returns, encoded as JSON; a `Response` passes as it is."""

        def decorate(view: View) -> View:
            @functools.wraps(view)
            def wrapper(*args: Any, **kwargs: Any) -> Response:
                result = view(*args, **kwargs)
                if isinstance(result, Response):
                    return result
                content = b"" if kind is None else msgspec.json.encode(result)
                return Response(content, status=status, mimetype=_JSON)

            text = description or HTTPStatus(status).phrase
            return _documented(wrapper, answer=(status, kind, text))

        return decorate

    def get(self, rule: str, **options: Any) -> Callable[[View], View]:
        """Register a view for GET."""
        return self.route(rule, methods=["GET"], **options)  # type: ignore[no-any-return]  # untyped upstream

    def post(self, rule: str, **options: Any) -> Callable[[View], View]:
        """Register a view for POST."""
        return self.route(rule, methods=["POST"], **options)  # type: ignore[no-any-return]  # untyped upstream

    def put(self, rule: str, **options: Any) -> Callable[[View], View]:
        """Register a view for PUT."""
        return self.route(rule, methods=["PUT"], **options)  # type: ignore[no-any-return]  # untyped upstream

    def delete(self, rule: str, **options: Any) -> Callable[[View], View]:
        """Register a view for DELETE."""
        return self.route(rule, methods=["DELETE"], **options)  # type: ignore[no-any-return]  # untyped upstream

    def put_or_post(self, rule: str, **options: Any) -> Callable[[View], View]:
        """Register a view for PUT, and for POST with the same meaning."""
        return self.route(rule, methods=["PUT", "POST"], **options)  # type: ignore[no-any-return]  # untyped upstream

    def described(self, *, body: Any, answer: tuple[int, Any]) -> Callable[[View], View]:
        """Describe a view that reads its body and makes its response itself."""
        status, kind = answer

        def decorate(view: View) -> View:
            @functools.wraps(view)
            def wrapper(*args: Any, **kwargs: Any) -> Any:
                return view(*args, **kwargs)

            return _documented(wrapper, body=body, answer=(status, kind, HTTPStatus(status).phrase))

        return decorate

    def lines(self, *, body: str, answer: str) -> Callable[[View], View]:
        """Describe a view that takes and gives lines of JSON."""

        def decorate(view: View) -> View:
            described: View = self.doc(
                requestBody={
                    "required": True,
                    # Without a type: any text is lines, and what a line must be is judged line by line.
                    "content": {media_type: {"schema": {"description": body}} for media_type in LINES},
                },
                responses={
                    "200": {
                        "description": HTTPStatus.OK.phrase,
                        "content": {LINES[0]: {"schema": {"type": "string", "description": answer}}},
                    }
                },
            )(view)
            return described

        return decorate

    def takes_file(self, description: str) -> Callable[[View], View]:
        """Describe a view that reads its body as bytes, portion by portion."""

        def decorate(view: View) -> View:
            content = {OCTETS: {"schema": {"description": description}}}
            described: View = self.doc(requestBody={"required": True, "content": content})(view)
            return described

        return decorate

    def gives_file(self, media_type: str, description: str) -> Callable[[View], View]:
        """Describe a view that answers with a file."""

        def decorate(view: View) -> View:
            content = {media_type: {"schema": {"type": "string", "description": description}}}
            answer = {"description": HTTPStatus.OK.phrase, "content": content}
            described: View = self.doc(responses={"200": answer})(view)
            return described

        return decorate

    def problems(self, *statuses: int) -> Callable[[View], View]:
        """Say in the API description that the view's service may raise errors of these statuses too."""

        def decorate(view: View) -> View:
            @functools.wraps(view)
            def wrapper(*args: Any, **kwargs: Any) -> Any:
                return view(*args, **kwargs)

            return _documented(wrapper, problems=statuses)

        return decorate

    def add_url_rule(
        self, rule: str, endpoint: str | None = None, view_func: Any = None, *args: Any, **kw: Any
    ) -> None:
        """Register a route, and keep for its description what only the view and the rule know."""
        super().add_url_rule(rule, endpoint, view_func, *args, **kw)
        name = self._endpoints[-1]
        methods = {method: info for method, info in self._docs[name].items() if method != "parameters"}
        for method, info in methods.items():
            info["privacy_route"] = {
                "guard": getattr(view_func, "privacy_auth", None),
                "writes": getattr(view_func, WRITES, False),
                "variable": "<" in f"{self.url_prefix or ''}{rule}",
                "id": f"{self.name}_{name}" if len(methods) == 1 else f"{self.name}_{method}_{name}",
            }

    @staticmethod
    def _describe(doc: dict[str, Any], info: dict[str, Any], *, spec: Any, **_kwargs: Any) -> dict[str, Any]:
        """Complete one operation of the API description."""
        route, own = info["privacy_route"], info.get("privacy", {})
        doc["operationId"] = route["id"]
        doc["security"] = [] if route["guard"] == PUBLIC else [{"bearer": []}]
        responses = doc.setdefault("responses", {})
        if "body" in own:
            content = {_JSON: {"schema": reference(spec, own["body"])}}
            doc["requestBody"] = {"required": True, "content": content}
        if "answer" in own:
            status, kind, text = own["answer"]
            responses[str(status)] = {"description": text}
            if kind is not None:
                responses[str(status)]["content"] = {_JSON: {"schema": reference(spec, kind)}}
        if route["writes"] and route["guard"] != PUBLIC:  # Keys belong to clients.
            doc.setdefault("parameters", []).append(idempotency_parameter())
        for status in sorted(_statuses(doc, route, own)):
            responses.setdefault(str(status), HTTPStatus(status).name)
        return doc


def _statuses(doc: dict[str, Any], route: dict[str, Any], own: dict[str, Any]) -> set[int]:
    found = _ALWAYS | set(own.get("problems", ()))
    if route["guard"] != PUBLIC:
        found |= _WITH_KEY
    if "requestBody" in doc:
        found |= _WITH_BODY
    if doc.get("parameters"):
        found |= {422}
    if route["writes"]:
        found |= {409, 422}
    if route["variable"]:
        found |= {404, 405}  # What stands in the variable's place may be another route, of another method.
    return found


def _documented(wrapper: View, **facts: Any) -> View:
    described = deepcopy(getattr(wrapper, "_apidoc", {}))
    described["privacy"] = {**described.get("privacy", {}), **facts}
    wrapper._apidoc = described  # type: ignore[attr-defined]  # where flask-smorest keeps its notes
    return wrapper


def _flatten(path: str, node: Any, found: dict[str, list[str]]) -> None:
    if isinstance(node, dict):
        for name, inner in node.items():  # A number where it is the place in a list.
            # A name of the client's own making is not repeated: people put addresses into keys, too.
            part = str(name) if isinstance(name, int) or could_be_a_field(name) else "?"
            _flatten(f"{path}.{part}" if path else part, inner, found)
    else:
        found.setdefault(path or "body", []).extend(str(text) for text in node)
