"""A desk on a database of its own, for one test or for a whole file of questions about different people."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from privacy.crypto import keyring
from privacy.crypto.keyring import Keyring
from privacy.db import db
from tests.consent.desk import Desk, lay_programme
from tests.databases import KINDS, bare_app


@pytest.fixture
def desk(context: Flask, in_force: None) -> Desk:
    """A desk with the example programme, on each database."""
    assert context
    return Desk(lay_programme())


@pytest.fixture(scope="module", params=KINDS)
def shared_desk(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, ring: Keyring
) -> Iterator[Desk]:
    """A desk for a whole file whose tests are about different people."""
    keyring.install(ring)
    template = request.getfixturevalue(f"_{request.param}_under_programme").now()
    database = template.copy_to(tmp_path_factory.mktemp("desk"))
    app = bare_app(database)
    with app.app_context():
        yield Desk(lay_programme())
        db.session.remove()
        db.engine.dispose()
    template.drop(database)
