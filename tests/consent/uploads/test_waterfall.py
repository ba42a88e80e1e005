"""The waterfall of an import over HTTP: as JSON, as a picture and as a document, and kept with the import."""

from __future__ import annotations

import io
from typing import Any
from xml.etree import ElementTree

import msgspec
import pytest
from pypdf import PdfReader
from werkzeug.test import TestResponse

from privacy.consent.importing.waterfall import Step, Waterfall
from privacy.consent.uploads.schemas import WaterfallOut
from tests.callers import Caller, Service
from tests.consent.uploads.desk import WANTED, a_small_export, created, queued, shown, work, zipped

SVG, PDF = "image/svg+xml", "application/pdf"


def answered(caller: Caller, import_id: str, accept: str | None = None) -> TestResponse:
    return caller.get(f"/imports/{import_id}/waterfall", **({} if accept is None else {"Accept": accept}))


def told(caller: Caller, import_id: str) -> dict[str, Any]:
    answer = answered(caller, import_id)
    assert (answer.status_code, answer.mimetype) == (200, "application/json"), answer.text
    found: dict[str, Any] = answer.get_json()
    return found


def text_of(answer: TestResponse) -> str:
    assert (answer.status_code, answer.mimetype) == (200, PDF), answer.text
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.data)).pages)


def done(service: Service, caller: Caller, **changes: Any) -> str:
    one = queued(caller, zipped(a_small_export()), **changes)
    assert work(service.app) == 1
    return one


def test_the_waterfall_of_a_dry_run_is_that_of_the_import(service: Service) -> None:
    caller = service.caller()
    tried, real = (told(caller, done(service, caller, dry_run=dry)) for dry in (True, False))
    assert (tried["dry_run"], real["dry_run"]) == (True, False)
    told_of = ("profile", "files", "programme", "rows", "steps", "may_contact", "permissions", "counts")
    assert {name: tried[name] for name in told_of} == {name: real[name] for name in told_of}
    assert (tried["profile"], tried["files"], tried["programme"]) == ("mailchimp", [WANTED["file_name"]], 1)


def test_it_adds_up_and_says_what_the_api_description_says(service: Service) -> None:
    caller = service.caller()
    one = done(service, caller)
    whole = told(caller, one)
    account, counts = Waterfall.from_dict(whole), shown(caller, one)["counts"]
    assert account.adds_up()
    falls = {Step.BROKEN: 1, Step.WITHDRAWN: 1, Step.SUPPRESSED: 1, Step.MAY_CONTACT: 1}
    assert {step: account.count(step) for step in Step if account.count(step)} == falls
    assert (account.rows, account.permissions_gained) == (counts["rows"], counts["permissions_gained"])
    assert msgspec.to_builtins(msgspec.convert(whole, WaterfallOut)) == whole


def test_it_is_a_picture_or_a_document_by_accept(service: Service) -> None:
    caller = service.caller()
    one = done(service, caller, dry_run=True)
    picture = answered(caller, one, SVG)
    assert (picture.status_code, picture.mimetype, picture.headers["Vary"]) == (200, SVG, "Accept")
    assert picture.headers["Content-Disposition"] == f'attachment; filename="waterfall-{one}.svg"'
    root = ElementTree.fromstring(picture.text)
    assert "mailchimp" in (root.findtext("{http://www.w3.org/2000/svg}title") or "")
    document = text_of(answered(caller, one, f"{SVG};q=0.5, {PDF}"))
    assert "mailchimp" in document
    assert str(WANTED["file_name"]) in document
    assert answered(caller, one, PDF).data == answered(caller, one, PDF).data, "the same to the byte"
    for accept in ("*/*", "application/json", "text/html, */*;q=0.8"):
        assert answered(caller, one, accept).mimetype == "application/json"
    refused = answered(caller, one, "text/csv")
    assert (refused.status_code, refused.get_json()["type"]) == (406, "/problems/not-acceptable")
    assert PDF in refused.get_json()["detail"]


def test_there_is_none_before_the_end_nor_without_one(service: Service) -> None:
    caller = service.caller()
    awaited, waiting = created(caller)["id"], queued(caller, zipped(a_small_export()))
    cancelled = queued(caller, zipped(a_small_export()))
    caller.send("DELETE", f"/imports/{cancelled}")
    damaged = queued(caller, b"PK\x03\x04 rubbish")
    for one in (awaited, waiting):
        assert answered(caller, one).get_json()["type"] == "/problems/waterfall-not-found"
    work(service.app)
    assert shown(caller, damaged)["state"] == "failed"
    for one in (awaited, cancelled, damaged):
        missing = answered(caller, one, PDF)
        assert (missing.status_code, missing.get_json()["type"]) == (404, "/problems/waterfall-not-found")
    assert told(caller, waiting)["total"] == 4
    assert answered(service.caller(), waiting).get_json()["type"] == "/problems/import-not-found"
    assert told(service.staff(), waiting) == told(caller, waiting)


def test_it_stays_when_the_rejects_are_forgotten_but_for_the_name_of_the_file(service: Service) -> None:
    caller = service.caller()
    one = done(service, caller)
    before = told(caller, one)
    caller.send("DELETE", f"/imports/{one}")
    assert told(caller, one) == before | {"files": []}
    document = text_of(answered(caller, one, PDF))
    assert str(WANTED["file_name"]) not in document
    assert "mailchimp" in document


def test_what_was_recorded_before_is_in_it_too(service: Service) -> None:
    caller = service.caller()
    first, again = (told(caller, done(service, caller)) for _ in range(2))
    assert again["steps"] == first["steps"]
    assert first["permissions"] == {"before": 0, "after": 1, "gained": 1, "lost": 0}
    assert again["permissions"] == {"before": 1, "after": 1, "gained": 0, "lost": 0}


@pytest.mark.parametrize("profile", ["name: [", "name: moje\n"])
def test_a_profile_that_cannot_be_read_is_refused_and_leaves_no_import(service: Service, profile: str) -> None:
    caller = service.caller()
    answer = caller.post("/imports", WANTED | {"profile": None, "profile_yaml": profile})
    assert list(answer.get_json()["errors"]) == ["profile_yaml"]
    assert caller.get("/imports").get_json() == {"imports": []}
