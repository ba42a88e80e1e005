"""Where a database is: a URL, or its parts, in which a password needs no escaping."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from sqlalchemy.engine import URL, make_url

from privacy.db import engine_url
from privacy.systems.failures import ConnectionInvalid

_DRIVERS = {
    "postgresql": "postgresql+psycopg",
    "postgres": "postgresql+psycopg",
    "mysql": "mysql+pymysql",
    "mariadb": "mariadb+pymysql",
    "sqlite": "sqlite",
}
_PARTS = {"dialect", "host", "port", "user", "password", "database", "options"}


def address_of(secret: Mapping[str, Any]) -> URL:
    """The address that a connection holds, as `url` or in parts. Raises `ConnectionInvalid`, which repeats nothing."""
    made = _written(secret["url"]) if set(secret) == {"url"} else _of_parts(secret)
    url = made.set(drivername=_DRIVERS.get(made.drivername, made.drivername))
    try:
        url.get_dialect()
    except Exception:  # A driver that is not installed fails as it likes.
        raise ConnectionInvalid("This kind of database cannot be spoken to: no driver of it is installed.") from None
    if url.get_backend_name() == "sqlite":
        if not PurePosixPath(url.database or "").is_absolute():
            raise ConnectionInvalid(
                "Name the SQLite file by its whole path: sqlite:////srv/shop.sqlite has four slashes."
            )
    elif not url.database:
        raise ConnectionInvalid("The address names no database. Write it as dialect://user:password@host/database.")
    return url


def _written(text: Any) -> URL:
    try:
        return engine_url(text)
    except (ValueError, AttributeError, TypeError):
        raise ConnectionInvalid(
            "The address cannot be read. Write it as dialect://user:password@host/database, with %40 for an @ in the "
            "password; or give its parts as JSON, where nothing needs escaping."
        ) from None


def _of_parts(secret: Mapping[str, Any]) -> URL:
    if not {"dialect", "database"} <= secret.keys() <= _PARTS:
        raise ConnectionInvalid(
            f"A database's connection has `url`, or `dialect` and `database` with any of: {', '.join(sorted(_PARTS))}."
        )
    options = secret.get("options", {})
    try:
        if not isinstance(options, Mapping) or not all(isinstance(one, str) for one in options.values()):
            raise TypeError
        made = URL.create(
            secret["dialect"],
            username=secret.get("user"),
            password=secret.get("password"),
            host=secret.get("host"),
            port=secret.get("port"),
            database=secret["database"],
            query=dict(options),
        )
        # What cannot be written cannot be read either: numbers where text belongs, ports that are none.
        make_url(made.render_as_string(hide_password=False))
    except Exception:  # SQLAlchemy's text repeats what is wrong.
        raise ConnectionInvalid(
            "A part of the connection is not of its kind: texts, and a port that is a number."
        ) from None
    return made
