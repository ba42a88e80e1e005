"""Canonical JSON (RFC 8785) for what is hashed, committed to or signed.

A checked profile of it: no floats, integers below 2^53, and keys within the basic plane, where sorting by code point
and by UTF-16 unit agree. Anything else raises ValueError, so that two encoders can never differ over our documents.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

import msgspec

_encoder = msgspec.json.Encoder(order="sorted")
_LARGEST = 2**53 - 1


def encode(value: Any) -> bytes:
    """The canonical bytes of a JSON value of the profile."""
    _check(value)
    return _encoder.encode(value)


def decode(data: bytes) -> Any:
    """The value of canonical bytes of our own."""
    return msgspec.json.decode(data)


def sha256(value: Any) -> str:
    """SHA-256 over the canonical bytes, in hexadecimal."""
    return hashlib.sha256(encode(value)).hexdigest()


#: What needs no look: the encoder itself refuses a lone surrogate, with UnicodeEncodeError, which is a ValueError.
_PLAIN = frozenset({str, bool, type(None)})


def _check(value: Any) -> None:
    if type(value) in _PLAIN:
        return
    if isinstance(value, dict):
        _check_keys(value)
        for item in value.values():
            if type(item) not in _PLAIN:
                _check(item)
    elif isinstance(value, list | tuple):
        for item in value:
            _check(item)
    elif isinstance(value, int):
        if abs(value) > _LARGEST:
            raise ValueError("an integer beyond 2^53 must be written as a string")
    elif not isinstance(value, str):
        raise ValueError(f"canonical JSON has no {type(value).__name__}")


def _check_keys(value: Iterable[Any]) -> None:
    for key in value:
        if not isinstance(key, str) or (not key.isascii() and max(key) > "\uffff"):
            raise ValueError("a key must be a string of the basic plane")
