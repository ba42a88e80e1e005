"""Anna, whom we know, and another system that recorded what she agreed to."""

from __future__ import annotations

import pytest

from privacy.db import db
from tests.callers import Caller, Service, a_give
from tests.selfservice.visitors import ANNA, Visitor, come_in, known


@pytest.fixture
def crm(service: Service) -> Caller:
    """Another system. Anna was known to us for a month, and agreed to offers a day ago."""
    service.app.config["PROPAGATE_EXCEPTIONS"] = True
    with service.app.app_context():
        known(ANNA)
        db.session.remove()
    caller = service.caller()
    caller.record(a_give())
    return caller


@pytest.fixture
def anna(service: Service, crm: Caller) -> Visitor:
    """Anna's browser, in which she came in by her e-mail address; she reads English."""
    visitor = come_in(service.app, ANNA["email"])
    visitor.web.set_cookie("lang", "en")
    return visitor
