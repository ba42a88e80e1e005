"""Read request bodies strictly: one parser, known limits, and messages that never quote a value.

JSON decoders accept an object that has the same key twice, and each takes another of the two (RFC 8259 section 4),
so a checker and a user of the body may see different ones. Here it is an error, as are NaN, U+0000 (which PostgreSQL
cannot store) and anything nested too deep.
"""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any, TypeVar, cast

import msgspec

from privacy.errors import InvalidInput, Malformed
from privacy.http.allowed import allowed_values
from privacy.http.failures import ContentTooLarge

MAX_BYTES = 1_000_000
MAX_DEPTH = 20

T = TypeVar("T")

#: Every string of a document in turn, with the colon behind it if it is a key. Matches from any quote on, closed or
#: not, and never backtracks: otherwise a body of quotes would cost quadratic time.
_STRINGS = re.compile(rb'"((?:[^"\\]++|\\.?)*+)(?:"([ \t\r\n]*+:)?)?', re.DOTALL)
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
_AT = re.compile(r"(.*) - at `(?:key in )?\$(.*)`", re.DOTALL)
_INDEX = re.compile(r"\[[^\]]*\]")
_MISSING = re.compile(r"Object missing required field `(\w+)`")
#: A name that could be a field of ours is repeated; an account number or a person's name could not.
_FIELD = "[a-z_]{1,40}"
_FIELD_NAME = re.compile(_FIELD)
_UNKNOWN = re.compile(rf"Object contains unknown field `({_FIELD})`")


def decode(data: bytes, kind: type[T], *, max_bytes: int = MAX_BYTES) -> T:
    """A document of the given type from its bytes.

    Raises `ContentTooLarge`, `Malformed` where it is no acceptable JSON, `InvalidInput` with the field's path where
    the type does not hold.
    """
    check_shape(data, max_bytes)
    try:
        value: T = _decoder(cast(Any, kind)).decode(data)
        return value
    except msgspec.ValidationError as error:
        raise invalid(str(error), kind) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Malformed("The body is not valid JSON.") from None


def decode_any(data: bytes) -> Any:
    """Any JSON value, under the same limits."""
    return decode(data, object)


def could_be_a_field(name: str) -> bool:
    """Whether a name that a caller gave may be repeated to them."""
    return _FIELD_NAME.fullmatch(name) is not None


def check_shape(data: bytes, max_bytes: int = MAX_BYTES) -> None:
    """Refuse what decoders let pass: size, depth, keys given twice, U+0000.

    Costs a few microseconds for a small body whose keys all differ, whatever their place, which is nearly every
    request of the hot path. Only the rest is parsed a second time.
    """
    if len(data) > max_bytes:
        raise ContentTooLarge(f"The body is larger than {max_bytes} bytes.")
    if b"\\u0000" in data and _NUL.search(data):
        raise Malformed("A text may not hold the character U+0000.")
    if data.count(b"{") + data.count(b"[") > MAX_DEPTH:
        _check_depth(data)
    keys = [text for text, colon in _STRINGS.findall(data) if colon]
    if len(set(keys)) < len(keys) or any(b"\\" in key for key in keys):
        _check_keys(data)


def _check_depth(data: bytes) -> None:
    depth = 0
    for byte in _STRINGS.sub(b"", data):
        if byte in b"{[":
            depth += 1
            if depth > MAX_DEPTH:
                raise Malformed(f"The body is nested deeper than {MAX_DEPTH} levels.")
        elif byte in b"}]":
            depth -= 1


def _check_keys(data: bytes) -> None:
    def unique(pairs: list[tuple[str, Any]]) -> None:
        if len({key for key, _ in pairs}) < len(pairs):
            raise Malformed("An object of the body has the same key twice.")

    try:
        json.loads(data, object_pairs_hook=unique)
    except (ValueError, RecursionError):
        raise Malformed("The body is not valid JSON.") from None


@cache
def _decoder(kind: type[Any]) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(kind)


def invalid(message: str, kind: Any) -> InvalidInput:
    """The message of msgspec, while it read a `kind`, as an error of one field. Values that it quotes are left out."""
    match = _AT.fullmatch(message)
    text, place = (match[1], match[2].lstrip(".")) if match else (message, "")
    # The decoder writes `[...]` for whatever key of an object of free keys; the object itself is then named.
    path = place.removesuffix("[...]")
    if missing := _MISSING.fullmatch(text):
        return InvalidInput.of(_join(path, missing[1]), "This field is required.")
    if unknown := _UNKNOWN.fullmatch(text):
        return InvalidInput.of(_join(path, unknown[1]), "There is no such field.")
    if text.startswith("Object contains unknown field"):
        return InvalidInput.of(path or "body", "A field here has a name that is not known.")
    if text.startswith("Invalid enum value"):
        allowed = allowed_values(kind, _INDEX.sub("[]", place))
        return InvalidInput.of(path or "body", f"Use one of: {', '.join(allowed)}.")
    return InvalidInput.of(path or "body", f"{text.replace('`', '')}.")


def _join(path: str, field: str) -> str:
    return f"{path}.{field}" if path else field
