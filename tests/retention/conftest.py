"""What tests of disposal runs stand on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from privacy.db import db
from tests.databases import Database, bare_app
from tests.retention.offices import Office, an_office


@pytest.fixture
def laid(database: Database, tmp_path: Path) -> Iterator[Callable[..., Office]]:
    app = bare_app(database)
    yield lambda **given: an_office(app, tmp_path, **given)
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
