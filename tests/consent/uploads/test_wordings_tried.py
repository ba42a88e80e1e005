"""Historical wordings tried on a dry run over HTTP, before anybody publishes them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

from privacy.authz.actors import OPERATOR
from privacy.consent import service as consent
from privacy.db import db, unit_of_work
from privacy.programme import service as programmes
from tests.callers import Caller, Service
from tests.canaries.hunt import files_below, tables_of
from tests.consent.importing import made_crm
from tests.consent.importing.made_people import Person
from tests.consent.uploads.desk import created, queued, shown, store_of, work
from tests.rules.source import ROOT

CRM = {"file_name": "klienci.csv", "profile": "crm", "purpose": None, "wording": None}
ATTESTED_BY = "Zofia Brzęczyszczykiewicz"
HISTORICAL: dict[str, Any] = {
    "code": "klauzula",
    "version": "1.4",
    "valid_from": "2022-01-01",
    "valid_until": "2026-06-30",
    "purposes": ["offers", "profiling"],
    "texts": {"pl": "Wyrażam zgodę na otrzymywanie ofert i na profilowanie."},
    "historical": {
        "attested_by": ATTESTED_BY,
        "attested_on": "2026-11-20",
        "stands_for": [{"system": "crm", "versions": ["?"], "points": ["www"]}],
    },
}


def an_export(folder: Path) -> bytes:
    """Six people who agreed to something that nobody wrote down, half of them on the website."""
    rows = []
    for number in range(6):
        one = Person(number, f"osoba.{number}@example.org", f"+4860010020{number}", "", "")
        source = "infolinia" if number % 2 else "www"
        rows.append(made_crm.a_row(one, **{"Wersja klauzuli": "?", "Źródło": source}))
    return made_crm.write(folder / "klienci.csv", rows).read_bytes()


def as_yaml(**changes: Any) -> str:
    return yaml.safe_dump({"wordings": [HISTORICAL | changes]}, allow_unicode=True)


def keys(caller: Caller, import_id: str) -> int:
    found: int = caller.get(f"/imports/{import_id}/waterfall").get_json()["may_contact"]["keys"]
    return found


def publish(service: Service, **changes: Any) -> None:
    text = (ROOT / "programme.yml").read_text("utf-8")
    entry = f"  - {json.dumps(HISTORICAL | changes, ensure_ascii=False)}\n"
    document = programmes.read(text.replace("\nnotices:", f"\n{entry}\nnotices:"))
    with service.app.app_context():
        with unit_of_work():
            programmes.apply(document, actor=OPERATOR, purpose_in_use=consent.purpose_in_use)
        db.session.remove()


def test_mapping_what_was_shown_is_seen_in_the_waterfall_and_then_holds(service: Service, tmp_path: Path) -> None:
    caller, content = service.caller(), an_export(tmp_path)
    without = queued(caller, content, **CRM, dry_run=True)
    tried = queued(caller, content, **CRM, dry_run=True, wordings=as_yaml())
    work(service.app)
    assert (keys(caller, without), keys(caller, tried)) == (0, 12)
    assert [shown(caller, one)["wordings_tried"] for one in (without, tried)] == [False, True]
    asked = {"subject": {"email": "osoba.0@example.org"}}
    assert not caller.check(**asked)["allowed"], "nothing is written"
    publish(service)
    real = queued(caller, content, **CRM)
    work(service.app)
    assert shown(caller, real)["counts"] == shown(caller, tried)["counts"]
    assert caller.check(**asked)["allowed"]


def test_they_are_tried_on_a_dry_run_only(service: Service) -> None:
    errors = service.caller().post("/imports", _body(as_yaml(), dry_run=False)).get_json()["errors"]
    assert list(errors) == ["wordings"]
    assert "publish them first" in errors["wordings"][0]


def test_what_could_not_be_published_is_refused_with_line_and_mend(service: Service) -> None:
    caller = service.caller()
    for wordings, known in (
        ("wordings: [", "not YAML"),
        ("purposes: []\n", "There is no list of wordings."),
        (as_yaml(valid_until="2026-12-31"), "wordings.klauzula@1.4"),
        (as_yaml(version="3.0", historical=None), "wordings.klauzula@3.0"),
        (as_yaml(purposes=["nothing"]), "nothing"),
    ):
        errors = caller.post("/imports", _body(wordings)).get_json()["errors"]
        assert list(errors) == ["wordings"], wordings
        assert known in " ".join(errors["wordings"])
        assert ATTESTED_BY not in " ".join(errors["wordings"])
    assert caller.get("/imports").get_json() == {"imports": []}


def test_what_was_published_otherwise_meanwhile_fails_and_says_so(service: Service, tmp_path: Path) -> None:
    caller = service.caller()
    one = queued(caller, an_export(tmp_path), **CRM, dry_run=True, wordings=as_yaml())
    publish(service, texts={"pl": "Wyrażam zgodę na wszystko."})
    work(service.app)
    failed = shown(caller, one)
    assert failed["state"] == "failed"
    assert "klauzula@1.4 is published" in failed["problem"]


def test_who_attests_them_is_readable_nowhere(service: Service) -> None:
    created(service.caller(), **CRM, dry_run=True, wordings=as_yaml())
    with service.app.app_context():
        url = db.engine.url.render_as_string(hide_password=False)
        db.session.remove()
    places = files_below(store_of(service.app).folder.parent.parent.parent)
    if url.startswith("postgresql"):
        places |= tables_of(url)
    assert any(b"awaiting_upload" in found for found in places.values()), "what is not sealed is found"
    assert [place for place, found in places.items() if b"Zofia" in found] == []


def _body(wordings: str, *, dry_run: bool = True) -> dict[str, Any]:
    return {name: value for name, value in CRM.items() if value} | {"wordings": wordings, "dry_run": dry_run}
