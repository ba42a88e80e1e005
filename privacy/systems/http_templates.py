"""A described request with its values put in: each a whole segment, a whole parameter or a whole value of JSON.

Values are never joined to text, so nothing that is searched for can become a part of a query or of a path.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote, urlencode

from privacy.programme.connector_settings import ALL_CHANGED, Endpoint
from privacy.systems.connector import SystemRefused

#: A member of an object, or of a list, that is left out.
_LEFT_OUT = object()


def named_fields(endpoint: Endpoint) -> frozenset[str]:
    """The fields whose values a request cannot be made without: those of its path and its query."""
    texts = [*endpoint.path.split("/"), *endpoint.query.values()]
    return frozenset(name for name in map(_field, texts) if name is not None)


def target(endpoint: Endpoint, values: Mapping[str, Any], more: Mapping[str, str] | None = None) -> str:
    """Path and query, percent-encoded; `more` are further parameters. Raises `SystemRefused` for a value unfit for it.

    A slash or dots in a path would lead some servers elsewhere even when encoded.
    """
    path = "/".join(_segment(one, values) for one in endpoint.path.split("/"))
    query = {name: _parameter(one, values) for name, one in endpoint.query.items()} | dict(more or {})
    return f"{path}?{urlencode(query, quote_via=quote, safe='')}" if query else path


def body(endpoint: Endpoint, values: Mapping[str, Any], changed: Mapping[str, Any] | None = None) -> Any:
    """The body as a value of JSON, None for none. A member whose field has no value is left out.

    `changed` is what `{*}` stands for: the changed fields, nested where their names have dots.
    """
    found = _filled(endpoint.body, {**values, **(changed or {})}, changed or {})
    return None if found is _LEFT_OUT else found


def _filled(template: Any, values: Mapping[str, Any], changed: Mapping[str, Any]) -> Any:
    if isinstance(template, Mapping):
        members = ((name, _filled(one, values, changed)) for name, one in template.items())
        return {name: one for name, one in members if one is not _LEFT_OUT}
    if isinstance(template, list | tuple):
        return [one for one in (_filled(item, values, changed) for item in template) if one is not _LEFT_OUT]
    if template == ALL_CHANGED:
        return _nested(changed)
    name = _field(template) if isinstance(template, str) else None
    return template if name is None else values.get(name, _LEFT_OUT)


def _nested(changed: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in changed.items():
        *parents, last = name.split(".")
        here = found
        for parent in parents:
            here = here.setdefault(parent, {})
        here[last] = value
    return found


def _field(text: str) -> str | None:
    return text[1:-1] if text.startswith("{") and text != ALL_CHANGED else None


def _segment(text: str, values: Mapping[str, Any]) -> str:
    name = _field(text)
    if name is None:
        return text
    value = _plain(values, name)
    if value in {"", ".", ".."} or any(letter in "/\\" or not letter.isprintable() for letter in value):
        raise SystemRefused(f"A value of {name} cannot stand in a path. Describe a search by POST.")
    return quote(value, safe="")


def _parameter(text: str, values: Mapping[str, Any]) -> str:
    name = _field(text)
    return text if name is None else _plain(values, name)


def _plain(values: Mapping[str, Any], name: str) -> str:
    value = values.get(name)
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise SystemRefused(f"The request needs {name}, and the row has no such text or number.")
    return str(value)


def at(value: Any, name: str) -> Any:
    """What stands in an answer at a name with dots; None where there is nothing, the answer itself for no name."""
    for part in _parts(name):
        value = value.get(part) if isinstance(value, dict) else None
    return value


def _parts(name: str) -> Iterator[str]:
    if name:
        yield from name.split(".")
