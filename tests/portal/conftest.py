"""Whoever makes requests on the portal, and the shops that hold their data."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine

from privacy.db import db
from tests.callers import Service
from tests.dsar.shops import Shops, connected
from tests.portal.request_desk import (
    ANNA,
    OLA,
)
from tests.selfservice.visitors import Visitor, come_in, known


@pytest.fixture
def later() -> Iterator[time_machine.Traveller]:
    """The clock goes on from 2026-11-21T19:40Z, and `shift` moves it."""
    with time_machine.travel(datetime(2026, 11, 21, 19, 40, tzinfo=UTC)) as traveller:
        yield traveller


@pytest.fixture
def shops(later: object, service: Service, tmp_path: Path) -> Shops:
    """Two shops that hold data of Anna and Ola, whom the service has known for a month."""
    made = connected(service.app, tmp_path)
    with service.app.app_context():
        known(ANNA)
        known(OLA)
        db.session.remove()
    service.app.config["PROPAGATE_EXCEPTIONS"] = True
    return made


@pytest.fixture
def anna(shops: Shops) -> Visitor:
    """Anna, who came in by her address."""
    return come_in(shops.app, ANNA["email"])
