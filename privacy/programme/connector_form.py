"""The form of a system's `settings`, by its connector: what the file may say, and what is meant where it is silent.

A template is checked here so that a value can only ever become a whole segment of a path, a whole parameter or a whole
value of JSON: nothing that is searched for can change what is asked.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from privacy.programme import kinds
from privacy.programme.checking import Checking, shown
from privacy.programme.connector_settings import (
    ALL_CHANGED,
    AuthKind,
    IdentityFormat,
    IdentityType,
    PagingKind,
    ParameterPlace,
    ReadMethod,
    WriteMethod,
)
from privacy.programme.data_map import ConnectorKind
from privacy.programme.form import Record, record
from privacy.programme.kinds import Kind, one_of, some, text
from privacy.yaml_document import OddNumber, Path

_FIELD = r"[A-Za-z_][A-Za-z0-9_.-]{0,99}"
_PLACEHOLDER = re.compile(r"\{" + _FIELD + r"\}")
_SEGMENT = re.compile(r"(?!\.{1,2}$)[A-Za-z0-9._~!$&'()*+,;=:@-]+")
_DOTTED = re.compile(_FIELD)
_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
_HEADER = re.compile(r"[A-Za-z0-9-]{1,64}")
_TLS = re.compile(r"https://[A-Za-z0-9.-]+(?::[0-9]{1,5})?(?:/[A-Za-z0-9._~/-]*)?")
#: Plain HTTP leaves no machine: for a system on the same one.
_LOOPBACK = re.compile(r"http://(?:127\.0\.0\.1|localhost)(?::[0-9]{1,5})?(?:/[A-Za-z0-9._~/-]*)?")


def base_url(checking: Checking, path: Path, value: Any) -> str | None:
    """An address behind TLS, without a name, a password, a query or a fragment in it."""
    words = text(checking, path, value)
    if words is None:
        return None
    if (_TLS.fullmatch(words) or _LOOPBACK.fullmatch(words)) and ".." not in words and _port_fits(words):
        return words
    checking.wrong(path, f"{shown(words)} is no such address.", "Use https://host/path, without a name or a query.")
    return None


def _port_fits(words: str) -> bool:
    try:
        return urlsplit(words).port != 0
    except ValueError:
        return False


def network(checking: Checking, path: Path, value: Any) -> str | None:
    """A network in CIDR form."""
    words = text(checking, path, value)
    if words is None:
        return None
    try:
        ipaddress.ip_network(words)
    except ValueError:
        checking.wrong(path, f"{shown(words)} is no network.", "Write it as 10.20.0.0/16 or fd12::/48.")
        return None
    return words


def _word(pattern: re.Pattern[str], mend: str) -> Kind:
    def check(checking: Checking, path: Path, value: Any) -> str | None:
        words = text(checking, path, value)
        if words is None or pattern.fullmatch(words):
            return words
        checking.wrong(path, f"{shown(words)} has the wrong form.", mend)
        return None

    return check


_DOTTED_NAME = _word(_DOTTED, "Name a field, with dots where it is nested: data.items.")
_HOST_DOMAIN = _word(_DOMAIN, "Write a domain in lower case, such as opendsr.example.com.")


def _path(checking: Checking, path: Path, value: Any) -> str | None:
    words = text(checking, path, value)
    if words is None:
        return None
    segments = words.split("/")
    if segments[0] == "" and all(_SEGMENT.fullmatch(one) or _PLACEHOLDER.fullmatch(one) for one in segments[1:]):
        return words
    mend = "Start with '/'; a value stands for a whole segment: /contacts/{id}."
    checking.wrong(path, f"{shown(words)} is no path.", mend)
    return None


def _template_text(checking: Checking, path: Path, value: str) -> None:
    if ("{" in value or "}" in value) and value != ALL_CHANGED and not _PLACEHOLDER.fullmatch(value):
        mend = "Put nothing around a value: '{email}'. Joined text could change what is asked."
        checking.wrong(path, f"{shown(value)} mixes a value with text.", mend)


def _query(checking: Checking, path: Path, value: Any) -> dict[str, str] | None:
    if not isinstance(value, dict):
        checking.wrong(path, "A mapping of parameters is needed.", "Write {limit: '100'}.")
        return None
    read = {name: text(checking, (*path, name), one) for name, one in value.items()}
    for name, one in read.items():
        _template_text(checking, (*path, name), one or "")
        if one == ALL_CHANGED:
            checking.wrong((*path, name), "A parameter holds one value.", "Name the field.")
    return {name: one for name, one in read.items() if one is not None}


def _body(checking: Checking, path: Path, value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _body(checking, (*path, name), one) for name, one in value.items()}
    if isinstance(value, list):
        return [_body(checking, (*path, index), one) for index, one in enumerate(value)]
    if isinstance(value, OddNumber):
        checking.wrong(path, f"{shown(value.text)} is no whole number.", "Put it in quotes, or write a whole number.")
        return None
    if isinstance(value, str):
        _template_text(checking, path, value)
    return value


def placeholders(entry: Mapping[str, Any]) -> set[str]:
    """The fields that a request of this form names."""
    texts = [*entry["path"].split("/"), *(entry["query"] or {}).values(), *_texts(entry["body"])]
    return {one[1:-1] for one in texts if one and _PLACEHOLDER.fullmatch(one)}


def _texts(template: Any) -> Iterator[str]:
    if isinstance(template, str):
        yield template
    elif isinstance(template, dict | list):
        for one in template.values() if isinstance(template, dict) else template:
            yield from _texts(one)


_ABSENT = some(kinds.whole(400, 499))
_REQUEST: tuple[Any, ...] = (("path", _path), ("query", _query, {}), ("body", _body, None), ("absent", _ABSENT, []))
_WRITE_FORM = record(("method", one_of(WriteMethod)), *_REQUEST)
_PAGING_FORM = record(
    ("kind", one_of(PagingKind)),
    ("parameter", text, None),
    ("place", one_of(ParameterPlace), ParameterPlace.QUERY.value),
    ("next", _DOTTED_NAME, None),
    ("first", kinds.whole(0, 1), 1),
)
_AUTH_FORM = record(
    ("kind", one_of(AuthKind)),
    ("header", _word(_HEADER, "Name a header, such as X-Api-Key."), None),
    ("token_url", base_url, None),
    ("scope", text, None),
)
_NO_AUTH = {"kind": AuthKind.NONE.value, "header": None, "token_url": None, "scope": None}


def _write(checking: Checking, path: Path, value: Any) -> dict[str, Any] | None:
    entry = _WRITE_FORM(checking, path, value)
    if entry and entry["path"] and not placeholders(entry):
        checking.wrong(path, "It names no row.", "Put the row's key into it: /contacts/{id}.")
    return entry


def _paging(checking: Checking, path: Path, value: Any) -> dict[str, Any] | None:
    entry = _PAGING_FORM(checking, path, value)
    if not entry or not entry["kind"]:
        return entry
    if entry["kind"] != PagingKind.LINK and not entry["parameter"]:
        checking.wrong((*path, "parameter"), "The field is missing.", "Name the parameter that asks for a page.")
    if entry["kind"] == PagingKind.CURSOR and not entry["next"]:
        checking.wrong((*path, "next"), "The field is missing.", "Say where the answer holds the next cursor.")
    return entry


def _auth(checking: Checking, path: Path, value: Any) -> dict[str, Any] | None:
    entry = _AUTH_FORM(checking, path, value)
    needed = {AuthKind.HEADER: "header", AuthKind.OAUTH: "token_url"}.get(entry["kind"]) if entry else None
    if entry and needed and not entry[needed]:
        checking.wrong((*path, needed), "The field is missing.", f"Add it: {entry['kind']} needs it.")
    return entry


_READ_FORM = record(
    ("by", _DOTTED_NAME),
    ("method", one_of(ReadMethod)),
    *_REQUEST,
    ("most_values", kinds.whole(1, 1_000), 1),
    ("rows", _DOTTED_NAME, None),
    ("paging", _paging, None),
)


def _read(checking: Checking, path: Path, value: Any) -> dict[str, Any] | None:
    entry = _READ_FORM(checking, path, value)
    if entry and entry["by"] and entry["path"] and placeholders(entry) != {entry["by"]}:
        wanted = f"'{{{entry['by']}}}'"
        checking.wrong(path, "It must look for its own field and no other.", f"Use {wanted} in it, and nothing else.")
    if entry and entry["path"] and entry["most_values"] != 1 and placeholders({**entry, "body": None}):
        checking.wrong(path, "A list of values fits into a body alone.", "Put the field into the body.")
    return entry


_TABLE = record(
    ("table", text),
    ("read", some(_read, least=1)),
    ("update", _write, None),
    ("delete", _write, None),
    ("restrict", _write, None),
)

HTTP = record(
    ("base_url", base_url),
    ("auth", _auth, _NO_AUTH),
    ("allow_private", some(network), []),
    ("timeout_seconds", kinds.whole(1, 120), 30),
    ("requests_per_minute", kinds.whole(1, 60_000), None),
    ("most_kilobytes", kinds.whole(1, 100_000), 10_000),
    ("most_pages", kinds.whole(1, 10_000), 200),
    ("tables", some(_TABLE, least=1)),
)

_IDENTITY = record(
    ("identity", kinds.code),
    ("identity_type", one_of(IdentityType)),
    ("identity_format", one_of(IdentityFormat), IdentityFormat.RAW.value),
)

OPENDSR = record(
    ("base_url", base_url),
    ("domain", _HOST_DOMAIN),
    ("controller_id", text),
    ("identities", some(_IDENTITY, least=1)),
    ("api_version", text, "2.0"),
    ("our_domain", _HOST_DOMAIN, None),
    ("status_callback_url", base_url, None),
    ("allow_private", some(network), []),
    ("timeout_seconds", kinds.whole(1, 120), 30),
    ("ask_after_minutes", kinds.whole(1, 10_080), 60),
    ("most_kilobytes", kinds.whole(1, 1_000_000), 100_000),
)

MANUAL = record(
    ("who", text),
    ("within_days", kinds.whole(1, 60), 7),
    ("instructions", kinds.texts, {}),
)

#: The form of `settings` for each connector that has one here; a database's address is a secret, and stands elsewhere.
SETTINGS: Mapping[ConnectorKind, Record] = {
    ConnectorKind.HTTP: HTTP,
    ConnectorKind.OPENDSR: OPENDSR,
    ConnectorKind.MANUAL: MANUAL,
}
