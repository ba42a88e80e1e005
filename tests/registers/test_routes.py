"""The registers over HTTP: a training from its beginning to its file, for staff alone."""

from __future__ import annotations

from typing import Any

import pytest

from privacy.access import service as access
from privacy.authz.actors import OPERATOR
from privacy.db import unit_of_work
from tests.callers import Caller, Service

TRAINING: dict[str, Any] = {
    "kind": "training",
    "title": "Consents at the till",
    "held_on": "2026-01-05",
    "answers": {"programme": "consents"},
    "participants": ["Anna Kowalska"],
}


@pytest.fixture
def jan(service: Service) -> Caller:
    """A colleague with a key."""
    with service.app.app_context(), unit_of_work():
        key = access.create_staff("jan", "jan@example.com", actor=OPERATOR).key
    return Caller(service.app.test_client(), key)


def test_a_training_goes_from_its_beginning_to_its_file(jan: Caller) -> None:
    begun = jan.post("/registers", TRAINING)
    assert begun.status_code == 201, begun.text
    one = begun.get_json()
    assert (one["number"][:2], one["owner"], one["participants"]) == ("T-", "jan", ["Anna Kowalska"])
    here = f"/registers/{one['id']}"
    changed = jan.post(f"{here}/change", {**_without_kind(), "title": "Tills", "version": 1})
    assert (changed.status_code, changed.get_json()["title"]) == (200, "Tills")
    assert jan.post(f"{here}/change", {**_without_kind(), "version": 1}).status_code == 409

    named = {
        "Content_Type": "application/octet-stream",
        "Content_Disposition": "attachment; filename*=UTF-8''Zgody%C5%BC.pdf",
    }
    added = jan.post(f"{here}/files?version=2", b"%PDF-1.7 list", **named)
    assert added.status_code == 201, added.text
    [file] = added.get_json()["files"]
    assert file["name"] == "Zgodyż.pdf"
    got = jan.get(f"{here}/files/{file['id']}")
    assert (got.data, got.mimetype) == (b"%PDF-1.7 list", "application/pdf")
    assert got.headers["Content-Disposition"] == "attachment; filename*=UTF-8''Zgody%C5%BC.pdf"
    assert got.headers["X-Content-Type-Options"] == "nosniff"

    decided = jan.post(f"{here}/decide", {"version": 3, "outcome": "held", "reason": "it took place"})
    assert (decided.status_code, decided.get_json()["state"]) == (200, "decided")
    assert jan.post(f"{here}/files/{file['id']}/remove", {"version": 4}).status_code == 409
    renewed = jan.post(f"{here}/renew", {"version": 4})
    assert (renewed.status_code, renewed.get_json()["supersedes"]) == (201, one["id"])
    listed = jan.get("/registers?kind=training&state=open").get_json()
    assert [entry["id"] for entry in listed["entries"]] == [renewed.get_json()["id"]]


def test_a_wrong_file_is_refused_with_what_would_be_right(jan: Caller) -> None:
    here = f"/registers/{jan.post('/registers', TRAINING).get_json()['id']}/files"
    octets = {"Content_Type": "application/octet-stream"}
    refused = jan.post(f"{here}?version=1", b"MZ\x90\x00", **octets)
    assert refused.status_code == 422
    assert "PDF, PNG" in refused.get_json()["detail"]
    assert jan.post(f"{here}?version=1", b"%PDF-1.7", Content_Type="application/pdf").status_code == 415
    assert jan.post(here, b"%PDF-1.7", **octets).status_code == 422
    assert jan.post(f"{here}?version=7", b"%PDF-1.7", **octets).status_code == 409
    assert jan.post(f"{here}?version=1", b"%PDF-" + b"x" * 20_000_001, **octets).status_code == 413


def test_questions_help_a_newcomer_in_three_languages(jan: Caller) -> None:
    texts = set()
    for locale in ("pl", "en", "hr"):
        asked = jan.get(f"/registers/questions/dpia?locale={locale}").get_json()
        assert [one["code"] for one in asked["questions"]][:4] == ["description", "necessity", "risks", "measures"]
        assert asked["questions"][4]["choices"] == ["low", "medium", "high"]
        assert "consult_authority" in asked["outcomes"]
        texts.add(asked["questions"][0]["text"])
    assert len(texts) == 3
    assert jan.get("/registers/questions/nothing").status_code == 422


def test_registers_are_for_staff(service: Service, jan: Caller) -> None:
    one = jan.post("/registers", TRAINING).get_json()["id"]
    for somebody, status in ((service.caller(), 403), (service.nobody(), 401)):
        for path in ("/registers", "/registers/authorisations", f"/registers/{one}"):
            assert somebody.get(path).status_code == status
        assert somebody.post("/registers", TRAINING).status_code == status
    assert jan.get("/registers/00000000-0000-0000-0000-000000000000").status_code == 404


def test_authorisations_are_read_from_where_they_are_kept(jan: Caller) -> None:
    found = jan.get("/registers/authorisations").get_json()["authorisations"]
    assert found
    assert {(one["holder"], one["scope"], one["revoked_at"]) for one in found} == {("jan", "all", None)}


def _without_kind() -> dict[str, Any]:
    return {name: value for name, value in TRAINING.items() if name != "kind"}
