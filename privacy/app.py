"""Build the application: every room on one Flask app, the upper ones handed to the lower.

Nothing is read from the environment here; the settings come in as one object.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import sqlalchemy as sa
from flask import Flask, Response

from privacy import __version__
from privacy.access import service as access
from privacy.authz.actors import Actor
from privacy.consent import service as consent
from privacy.consent.answering import CheckEndpoint
from privacy.consent.routes import CHECK, consents
from privacy.consent.shortcut import CheckShortcut
from privacy.consent.uploads.routes import IMPORT_STORE, imports
from privacy.crypto import keyring
from privacy.crypto.keyring import Keyring
from privacy.crypto.owner_keys import SERVICE_OWNER, load_owner_key
from privacy.db import DRIVER_ERRORS, Readers, db, engine_options, engine_url, prepare_engine, session, unit_of_work
from privacy.errors import Unavailable
from privacy.http.handlers import render_problem
from privacy.http.headers import security_headers
from privacy.http.operations import Checks
from privacy.http.setup import LIMITER, HttpSettings, install
from privacy.programme import service as programmes
from privacy.programme.routes import programme_pages
from privacy.subjects.routes import ACTS_WAITING, people

if TYPE_CHECKING:
    from config import Config

READERS = "privacy_readers"


def create_app(config: Config) -> Flask:
    """The application for an installation. Raises `KeyringUnusable` or `ConfigInvalid` before anything is written."""
    config.verify()
    keyring.install(Keyring.load(config.keyring_path))
    app = Flask(__name__, static_folder=None)
    url = engine_url(config.database_url)
    options = engine_options(url, pool_size=config.pool_size, trust_sqlite_wal=config.trust_sqlite_wal)
    wal = bool(options.get("execution_options", {}).get("privacy_wal"))
    app.config.update(SQLALCHEMY_DATABASE_URI=url, SQLALCHEMY_ENGINE_OPTIONS=options)
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)
    readers = app.extensions[READERS] = Readers(url, wal=wal)

    def authenticate(key: str) -> Actor:
        try:
            return access.authenticate(key, readers.get())
        except DRIVER_ERRORS as error:
            readers.drop()
            raise Unavailable("The database cannot be read now; try again.") from error

    settings = HttpSettings(
        base_url=config.base_url,
        data_dir=config.data_dir,
        rate_limit=config.rate_limit,
        version=__version__,
        security_contact=config.security_contact,
        api_docs=config.api_docs,
        metrics=config.metrics,
    )
    api = install(app, settings, authenticate=authenticate, checks=readiness(app))
    for room in (consents, imports, people, programme_pages):
        api.register_blueprint(room)
    app.extensions[IMPORT_STORE] = consent.ImportStore(config.imports_dir, longest=config.longest_upload)
    app.extensions[ACTS_WAITING] = consent.acts_waiting
    app.register_error_handler(consent.WrongCode, _wrong_code)
    endpoint = app.extensions[CHECK] = CheckEndpoint(readers, app.app_context)
    app.wsgi_app = CheckShortcut(  # type: ignore[method-assign]  # Flask's documented way to put middleware on
        app.wsgi_app,
        endpoint,
        authenticate=authenticate,
        limiter=app.extensions[LIMITER],
        headers=security_headers(config.base_url),
    )
    return app


def readiness(app: Flask) -> Checks:
    """What `/readyz` asks, by name."""

    def in_context(question: Callable[[], object]) -> bool:
        with app.app_context():
            return bool(question())

    return {
        "database": lambda: in_context(_database_writes),
        "schema": lambda: in_context(_schema_is_current),
        "keys": lambda: in_context(lambda: load_owner_key(session(), keyring.installed(), SERVICE_OWNER)),
        "programme": lambda: in_context(programmes.current),
    }


def _schema_is_current() -> bool:
    from privacy import schema  # noqa: PLC0415  # Alembic is slow to import, and nothing else here needs it

    return schema.current(db.engine) == schema.head()


class _Undo(Exception):
    """Takes a probe's write back."""


def _database_writes() -> bool:
    """Whether a write would go through: one is made and taken back."""
    try:
        with unit_of_work() as current:
            current.execute(sa.text("UPDATE data_subject SET version = version WHERE 1 = 0"))
            raise _Undo
    except _Undo:
        return True


def _wrong_code(error: consent.WrongCode) -> Response:
    """A wrong confirmation code counts, although what it was sent with was rolled back."""
    if error.pending:
        with unit_of_work():
            consent.count_wrong_code(error.pending)
    return render_problem(error)
