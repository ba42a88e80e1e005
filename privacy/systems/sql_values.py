"""Values of a database as JSON holds them, and back: what is compared, bound and read again.

Drivers return what they make of a column; nothing here depends on a value being well formed, and a value that a
column cannot hold matches nothing instead of being bent until it does ('12abc' is not 12, whatever MySQL says).
"""

from __future__ import annotations

import base64
import binascii
import json
import math
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from enum import Enum, auto
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import mysql

#: A whole number as it is written down, once: no sign but minus, no leading zeros.
_WHOLE = re.compile(r"0|-?[1-9][0-9]{0,19}")
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]{0,37})(?:\.[0-9]{1,37})?")
_MOST_WHOLE = {"mysql": 2**64 - 1, "mariadb": 2**64 - 1}


class Kind(Enum):
    """What a column holds, as far as comparing and writing depend on it."""

    TEXT = auto()
    #: CHAR(n) of PostgreSQL: filled up with spaces that are not part of the value.
    PADDED = auto()
    WHOLE = auto()
    NUMBER = auto()
    BOOLEAN = auto()
    UUID = auto()
    BYTES = auto()
    DAY = auto()
    MOMENT = auto()
    #: A moment that the database keeps in UTC and the driver returns without saying so.
    UTC_MOMENT = auto()
    JSON = auto()
    OTHER = auto()

    @property
    def can_be_searched(self) -> bool:
        """Whether rows are found by such a value."""
        return self in {Kind.TEXT, Kind.PADDED, Kind.WHOLE, Kind.NUMBER, Kind.UUID, Kind.BYTES, Kind.OTHER}


_KINDS: tuple[tuple[type[Any], Kind], ...] = (
    (sa.types.Uuid, Kind.UUID),
    (sa.types.JSON, Kind.JSON),
    (sa.types.Boolean, Kind.BOOLEAN),
    (sa.types.Integer, Kind.WHOLE),
    (sa.types.Numeric, Kind.NUMBER),
    (sa.types.Float, Kind.NUMBER),
    (mysql.TIMESTAMP, Kind.UTC_MOMENT),
    (sa.types.DateTime, Kind.MOMENT),
    (sa.types.Date, Kind.DAY),
    (sa.types.String, Kind.TEXT),
    (sa.types.LargeBinary, Kind.BYTES),
    (sa.types.BINARY, Kind.BYTES),
    (sa.types.VARBINARY, Kind.BYTES),
)


class Unheld(ValueError):
    """A column of that kind holds no such value. Says nothing of the value."""


def kind_of(type_: sa.types.TypeEngine[Any], dialect: str) -> Kind:
    """The kind of a reflected column."""
    if dialect == "postgresql" and isinstance(type_, sa.types.CHAR):
        return Kind.PADDED
    return next((kind for known, kind in _KINDS if isinstance(type_, known)), Kind.OTHER)


def plain(value: Any, kind: Kind = Kind.OTHER) -> Any:  # noqa: PLR0911  # one line for each type
    """A value as JSON has it: decimals as text, days and times ISO 8601, bytes as base64."""
    if value is None or isinstance(value, bool | int | str):
        return bool(value) if kind is Kind.BOOLEAN and isinstance(value, int) else value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, datetime):
        aware = value.replace(tzinfo=UTC) if kind is Kind.UTC_MOMENT and value.tzinfo is None else value
        return aware.astimezone(UTC).isoformat() if aware.tzinfo else aware.isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return f"PT{format(Decimal(value // timedelta(microseconds=1)) / 1_000_000, 'f')}S"
    if isinstance(value, bytes | bytearray | memoryview):
        return base64.b64encode(bytes(value)).decode()
    if isinstance(value, Mapping):
        return {str(name): plain(one) for name, one in value.items()}
    if isinstance(value, Sequence | set | frozenset):
        return [plain(one) for one in value]
    return str(value)


def comparable(value: Any, kind: Kind) -> str | None:
    """The text by which a value from the database is compared with an asked one; None where it is none."""
    if value is None or isinstance(value, bool):
        return None
    if kind is Kind.PADDED:
        return str(value).rstrip(" ")
    if kind is Kind.NUMBER:
        try:
            return _number(Decimal(str(value)))
        except InvalidOperation:
            return str(value)
    return str(plain(value, kind))


def asked(value: str | int, kind: Kind, dialect: str) -> str | None:
    """The text by which an asked value is compared; None where no row can have it."""
    text = str(value)
    if "\0" in text or not _is_utf8(text):
        return None
    if kind is Kind.WHOLE:
        return text if _is_whole(text, dialect) else None
    if kind is Kind.NUMBER:
        return _number(Decimal(text)) if _DECIMAL.fullmatch(text) else None
    if kind is Kind.UUID:
        return _uuid(text)
    if kind is Kind.BYTES:
        return text if _bytes(text) is not None else None
    return text


def searched(text: str, kind: Kind, dialect: str) -> list[Any]:
    """What is bound to find rows whose value compares as that text."""
    if kind is Kind.OTHER and dialect == "sqlite" and _is_whole(text, dialect):
        return [text, int(text)]  # A column without a type holds both.
    return [bound(text, kind, dialect)]


def bound(value: Any, kind: Kind, dialect: str) -> Any:  # noqa: PLR0911, C901  # one line for each kind
    """A value as the driver takes it for a column. Raises `Unheld`."""
    if value is None:
        return None
    if kind in {Kind.TEXT, Kind.PADDED}:
        return _text(value)
    if kind is Kind.WHOLE:
        return _whole(value, dialect)
    if kind is Kind.BOOLEAN:
        return _boolean(value, dialect)
    if kind is Kind.NUMBER:
        return _decimal(value, dialect)
    if kind is Kind.UUID:
        text = _uuid(str(value))
        if text is None:
            raise Unheld("not a UUID")
        return UUID(text) if dialect == "postgresql" else text
    if kind is Kind.BYTES:
        content = _bytes(str(value))
        if content is None:
            raise Unheld("not bytes as base64")
        return content
    if kind in {Kind.DAY, Kind.MOMENT, Kind.UTC_MOMENT}:
        return _moment(_text(value), kind, dialect)
    if kind is Kind.JSON:
        return json.dumps(value, ensure_ascii=False)
    return value


def holds(found: Any, kind: Kind, expected: Any) -> bool:
    """Whether a column holds what was bound."""
    if found is None or expected is None:
        return found is None and expected is None
    if kind is Kind.JSON:
        document = json.loads(found) if isinstance(found, str | bytes) else found
        same: bool = document == json.loads(expected)
        return same
    if kind is Kind.BOOLEAN:
        return int(found) == int(expected)
    if kind in {Kind.DAY, Kind.MOMENT, Kind.UTC_MOMENT}:
        return bool(_instant(found, kind) == _instant(expected, kind))
    return comparable(found, kind) == comparable(expected, kind)


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _is_whole(text: str, dialect: str) -> bool:
    return bool(_WHOLE.fullmatch(text)) and -(2**63) <= int(text) <= _MOST_WHOLE.get(dialect, 2**63 - 1)


def _number(value: Decimal) -> str:
    return format(value.normalize(), "f") if value else "0"


def _uuid(text: str) -> str | None:
    try:
        found = str(UUID(text))
    except ValueError:
        return None
    return found if found == text.lower() else None


def _bytes(text: str) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


def _text(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise Unheld("not text")
    text = str(value)
    if "\0" in text or not _is_utf8(text):
        raise Unheld("text with characters that are none")
    return text


def _whole(value: Any, dialect: str) -> int:
    text = str(int(value)) if isinstance(value, bool) else str(value)
    if not _is_whole(text, dialect):
        raise Unheld("not a whole number")
    return int(text)


def _boolean(value: Any, dialect: str) -> Any:
    if value not in (0, 1):
        raise Unheld("neither true nor false")
    return bool(value) if dialect == "postgresql" else int(value)


def _decimal(value: Any, dialect: str) -> Any:
    text = str(value)
    if isinstance(value, bool) or not _DECIMAL.fullmatch(text):
        raise Unheld("not a number")
    if dialect != "sqlite":
        return Decimal(text)
    return float(text) if "." in text else int(text)  # SQLite knows no decimals.


def _moment(text: str, kind: Kind, dialect: str) -> Any:
    """As text where the database reads ISO 8601 itself, which MySQL does not where there is an offset."""
    if dialect not in {"mysql", "mariadb"}:
        return text
    try:
        if kind is Kind.DAY:
            return date.fromisoformat(text)
        read = datetime.fromisoformat(text)
    except ValueError:
        raise Unheld("not a day or time in ISO 8601") from None
    return read.astimezone(UTC).replace(tzinfo=None) if read.tzinfo else read


def _instant(value: Any, kind: Kind) -> Any:
    text = str(plain(value, kind))
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        return text
    return read if read.tzinfo else read.replace(tzinfo=UTC)
