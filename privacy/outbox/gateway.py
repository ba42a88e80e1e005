"""What the gateway for text messages looks like: a small file that says which request sends one.

    method: POST
    url: https://sms.example.com/v1/messages
    headers: { Authorization: "Bearer {secret}" }
    json: { to: "{to}", text: "{text}", from: Sklep, reference: "{id}" }
    id: messages.0.id

Values are put into the structure, never into its text, so that a message cannot become part of the request.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

from privacy import yaml_document
from privacy.errors import InvalidInput
from privacy.outbox.failures import DeliveryInvalid
from privacy.yaml_document import FileInvalid

_SETTING = "PRIVACY_SMS_GATEWAY"
_MEMBERS = {"method", "url", "headers", "json", "form", "id"}
_PLACE = re.compile(r"\{(to|text|id|secret)\}")
_HEADER = re.compile(r"[A-Za-z0-9-]{1,64}", re.ASCII)
_PATH = re.compile(r"[\w-]+(\.[\w-]+)*", re.ASCII)


@dataclass(frozen=True)
class Gateway:
    """One request that sends one text message."""

    method: str
    url: SplitResult
    #: Their values may hold `{secret}` and `{id}`.
    headers: Mapping[str, str] = field(repr=False)
    #: The body, as JSON or as a form: strings in it may hold every placeholder.
    body: Any = field(repr=False)
    is_form: bool
    #: Where the answer has the gateway's number of the message; None where it has none.
    id_path: tuple[str, ...] | None
    secret: str = field(repr=False, default="")

    def filled(self, value: Any, places: Mapping[str, str]) -> Any:
        """A part of the request with values in its places, each once: what a value holds is no place."""
        if isinstance(value, str):
            return _PLACE.sub(lambda match: places[match[1]], value)
        if isinstance(value, Mapping):
            return {name: self.filled(inner, places) for name, inner in value.items()}
        if isinstance(value, list):
            return [self.filled(inner, places) for inner in value]
        return value


def gateway_of(file: str, *, secret: str = "") -> Gateway:
    """The gateway that a file describes; raises `DeliveryInvalid`, which says what would be right."""
    try:
        read = yaml_document.load_file(Path(file))
    except FileInvalid as error:
        raise DeliveryInvalid.of(_SETTING, error.detail) from None
    content = read.content
    if read.duplicates or not isinstance(content, dict) or content.keys() - _MEMBERS:
        raise _invalid(f"Write these members and no others, each once: {', '.join(sorted(_MEMBERS))}.")
    body, is_form = _body(content)
    return Gateway(
        _method(content), _url(content), _headers(content), body, is_form, _id_path(content.get("id")), secret
    )


def _invalid(text: str) -> InvalidInput:
    return DeliveryInvalid.of(_SETTING, text)


def _method(content: Mapping[str, Any]) -> str:
    method = content.get("method", "POST")
    if method not in {"POST", "PUT"}:
        raise _invalid("The method is POST or PUT: an address in a URL would be in every log on the way.")
    return str(method)


def _url(content: Mapping[str, Any]) -> SplitResult:
    text = content.get("url")
    try:
        url = urlsplit(text if isinstance(text, str) else "")
        plain = bool(url.hostname) and not url.username and not url.fragment and url.port != 0
    except ValueError:
        plain = False
    if not plain or not isinstance(text, str) or not text.isascii() or set("{} ") & set(text):
        raise _invalid("The url is like https://sms.example.com/v1/messages, without placeholders and passwords.")
    if url.scheme != "https" and not (url.scheme == "http" and _is_here(url.hostname or "")):
        raise _invalid("The url begins with https://; http:// only for this machine.")
    return url


def _headers(content: Mapping[str, Any]) -> Mapping[str, str]:
    headers = content.get("headers") or {}
    if not isinstance(headers, dict):
        raise _invalid("The headers are names with their values.")
    for name, value in headers.items():
        if not _HEADER.fullmatch(name) or not isinstance(value, str) or not value.isprintable() or not value.isascii():
            raise _invalid("A header has a plain name and a text of ASCII characters.")
        if {"to", "text"} & set(_PLACE.findall(value)):
            raise _invalid("{to} and {text} stand in the body, not in headers.")
    return headers


def _body(content: Mapping[str, Any]) -> tuple[Any, bool]:
    is_form = "form" in content
    body = content.get("form") if is_form else content.get("json")
    if ("json" in content) == is_form or not isinstance(body, dict | list):
        raise _invalid("Write the body as `json` or as `form`.")
    if is_form and not (isinstance(body, dict) and all(isinstance(value, str) for value in body.values())):
        raise _invalid("A form has names with texts.")
    if not {"to", "text"} <= set(_places(body)):
        raise _invalid("The body holds {to} and {text}.")
    return body, is_form


def _places(value: Any) -> list[str]:
    if isinstance(value, str):
        return _PLACE.findall(value)
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [place for one in inner for place in _places(one)]


def _id_path(text: Any) -> tuple[str, ...] | None:
    if text is None:
        return None
    if not isinstance(text, str) or not _PATH.fullmatch(text):
        raise _invalid("The id is a path in the answer, like messages.0.id.")
    return tuple(text.split("."))


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
