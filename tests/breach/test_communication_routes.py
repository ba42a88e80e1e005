"""The communication of a breach over HTTP: by whom it may be read and agreed to, and what it never repeats."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from privacy.access import service as access
from privacy.authz.actors import OPERATOR
from privacy.breach.telling.telling import Telling
from privacy.db import db, unit_of_work
from tests.breach.telling_desk import FACTS
from tests.callers import Caller, Service

WORDS = {
    locale: {"happened": "Ktoś skopiował bazę.", "consequences": "Oszustwa.", "measures": "Zmieniliśmy klucze."}
    for locale in ("pl", "en", "hr")
}


@pytest.fixture
def staff(service: Service) -> Caller:
    """Ewa, who handles breaches."""
    with service.app.app_context():
        with unit_of_work():
            key = access.create_staff("ewa", "ewa@example.com", actor=OPERATOR).key
        db.session.remove()
    return Caller(service.app.test_client(), key)


@pytest.fixture
def path(staff: Caller) -> str:
    """A breach of which the controller is aware."""
    made = staff.post("/breaches", {"facts": FACTS}).get_json()
    staff.post(f"/breaches/{made['id']}/aware", {"version": made["version"], "reason": "the copies were found"})
    return f"/breaches/{made['id']}"


def test_from_the_list_to_whoever_is_left(service: Service, staff: Caller, path: str) -> None:
    people = [{"email": "nobody@example.com"}, {"phone": "600 100 299"}, {"shoe_size": "42"}]
    made = staff.post(f"{path}/affected/list", {"subjects": people})
    assert made.status_code == 201
    assert made.get_json()["rejects"] == [{"line": 3, "why": "not-readable"}]
    said = staff.post(f"{path}/communications", {"words": WORDS}).get_json()
    previews = staff.get(f"{path}/communications/1/preview").get_json()["previews"]
    assert [(one["locale"], one["missing"]) for one in previews] == [("pl", []), ("en", []), ("hr", [])]
    staff.post(f"{path}/affected/acts", {"acts": {"source_system": "shop"}})  # No worker has looked yet.
    version = {"version": said["version"]}
    waits = staff.post(f"{path}/communications/1/approve", version)
    assert (waits.status_code, waits.get_json()["type"].rpartition("/")[2]) == (409, "breach-affected-not-known")
    agreed = staff.post(f"{path}/communications/1/approve", version | {"incomplete": True}).get_json()
    assert agreed["state"] == "approved"
    _work(service)
    now = staff.get(f"{path}/communications/1").get_json()
    assert now["letters"] == {"on_its_way": 1, "for_a_person": 1}
    [left] = staff.get(f"{path}/communications/1/for-a-person").get_json()["letters"]
    assert (left["why"], left["subject_ref"]) == ("no_page", None)
    assert left["contact"]["phone"].endswith("99")
    told = staff.post(f"{path}/communications/1/letters/{left['id']}/told", {"how": "by telephone"}).get_json()
    assert told["letters"] == {"on_its_way": 1, "told_by_hand": 1}
    shown = staff.get(f"{path}/affected").get_data(as_text=True) + staff.get(f"{path}/communications").get_data(
        as_text=True
    )
    assert "example.com" not in shown
    assert "600100299" not in shown


@pytest.mark.parametrize("form", ["text/plain", "text/html", "application/pdf"])
def test_the_notice_comes_as_it_is_asked_for(staff: Caller, path: str, form: str) -> None:
    staff.post(f"{path}/communications", {"words": WORDS})
    answer = staff.get(f"{path}/communications/1/notice?locale=hr", Accept=form)
    assert (answer.status_code, answer.mimetype) == (200, form)


@pytest.mark.parametrize(
    ("place", "body", "status"),
    [
        ("affected/list", {"subjects": []}, 422),
        ("affected/acts", {"acts": {}}, 422),
        ("affected/data-map", {"data_map": {"system": "none"}}, 422),
        ("communications", {"words": {"de": {"happened": "x"}}}, 422),
        ("communications", {"words": {"pl": {}}, "page_url": "javascript:alert(1)"}, 422),
        ("communications/7/approve", {"version": 1}, 404),
    ],
)
def test_what_cannot_be_is_refused(staff: Caller, path: str, place: str, body: dict[str, Any], status: int) -> None:
    assert staff.post(f"{path}/{place}", body).status_code == status


def _work(service: Service) -> None:
    Telling().run(service.app.app_context, threading.Event())
