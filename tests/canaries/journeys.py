"""Every journey that personal data make through the service. A new room adds its own: `@journey`, and nothing else.

They run in this order, against one service; each takes people of its own, so that no journey needs another one.
"""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from tests.callers import API, a_give
from tests.canaries.hunt import files_below
from tests.canaries.markers import Person
from tests.canaries.town import Town
from tests.consent.importing.exports import COMMON
from tests.consent.uploads.desk import eventually

Journey = Callable[[Town], None]
JOURNEYS: list[Journey] = []
_WHEN = "2026-03-01 10:00:00"


def journey(told: Journey) -> Journey:
    """Register a journey."""
    JOURNEYS.append(told)
    return told


def subject(person: Person) -> dict[str, str]:
    """All by which the person may be named."""
    return {"customer_id": person.customer_id, "email": person.email, "phone": person.phone}


def evidence(person: Person) -> dict[str, str]:
    """All that may be said beside an act."""
    said = {"reference": f"PESEL {person.pesel}", "form": person.iban, "campaign": person.name}
    return {**said, "ip": person.ip, "user_agent": person.agent}


def recorded(town: Town, person: Person, **changes: Any) -> dict[str, Any]:
    """An act with everything."""
    body = a_give(subject(person), evidence=evidence(person), **changes)
    found: dict[str, Any] = town.must(201, "POST", f"{API}/consents", body, Idempotency_Key=f"order-{person.code}")
    return found


@journey
def acts_over_http(town: Town) -> None:
    for person in town.people[:4]:
        first, again = recorded(town, person), recorded(town, person)
        assert first == again
        other = {"email": person.email, "postal_address": person.address}
        assert town.ask("PUT", f"{API}/subjects", {"subject": other})[0] in {200, 201}
        town.must(201, "POST", f"{API}/consents", a_give(subject(person), act="withdraw", wording=None))


@journey
def a_double_opt_in(town: Town) -> None:
    person = town.people[4]
    asked = a_give(subject(person), act="request", purpose="newsletter", channels=["email"], evidence=evidence(person))
    town.must(201, "POST", f"{API}/consents", asked | {"wording": {"code": "newsletter", "locale": "pl"}})


@journey
def two_of_staff_annul(town: Town) -> None:
    person = town.people[2]
    for number in (17, 18):
        colleague = town.people[number]
        said = town.run("staff", "create", f"colleague{number}", "--email", "-", "--json", stdin=colleague.email)
        town.keys.append(json.loads(said)["key"])
    wanted = {"filter": {"source_system": "shop", "purpose": "newsletter"}, "reason": f"told by {person.phone}"}
    asked = town.must(200, "POST", f"{API}/consents/annul", wanted, **town.as_staff(0))
    done = wanted | {"approval": asked["approval"]}
    assert town.must(200, "POST", f"{API}/consents/annul", done, **town.as_staff(1))["annulled"]


@journey
def questions(town: Town) -> None:
    for person in town.people[:3]:
        asked = {"subject": subject(person), "purpose": "offers", "channel": "email"}
        town.must(200, "POST", f"{API}/consents/check", asked)
        town.must(200, "POST", f"{API}/subjects/lookup", {"subject": subject(person)})
    named = [{"email": person.email} for person in town.people[:6]]
    town.ask("POST", f"{API}/consents/check/batch", {"subjects": named, "purpose": "offers", "channel": "email"})
    lines = b"".join(json.dumps(a_give(subject(p), key=p.code)).encode() + b"\n" for p in town.people[5:7])
    assert town.ask("POST", f"{API}/consents/batch", lines, Content_Type="application/x-ndjson")[0] == 200
    ref = town.must(200, "POST", f"{API}/subjects/lookup", {"subject": subject(town.people[5])})["subject_ref"]
    moved = {"retire": {"email": town.people[5].email}, "add": {"email": f"new.{town.people[5].email}"}}
    town.must(200, "PUT", f"{API}/subjects/{ref}/contacts", moved)


@journey
def merges_and_contact_events(town: Town) -> None:
    one, other = town.people[7], town.people[8]
    for person in (one, other):
        recorded(town, person)
    told = {"subject": {"customer_id": one.customer_id}, "other": {"customer_id": other.customer_id}, "reason": "same"}
    assert town.ask("POST", f"{API}/subjects/merge", told)[0] in {200, 201}
    for event in ("hard_bounce", "complaint", "stop"):
        assert town.ask("POST", f"{API}/contacts/events", {"contact": {"email": one.email}, "event": event})[0] == 200


@journey
def everything_that_can_go_wrong(town: Town) -> None:
    """What is wrong must be told without being repeated, to the caller and to the log; beside a rotation."""
    rotated = town.begin("keys", "rotate", "index")
    for person in town.people[9:12]:
        for value in person.markers.values():
            _wrong(town, value)
    rotated()
    town.must(200, "POST", f"{API}/subjects/lookup", {"subject": subject(town.people[4])})


def _wrong(town: Town, value: str) -> None:
    requests: list[tuple[str, str, Any, dict[str, str]]] = [
        ("POST", "/consents", a_give({"email": f"{value} @"}), {}),
        ("POST", "/consents", a_give(purpose=value, act=value, occurred_at=value), {}),
        ("POST", "/consents", a_give() | {value: value}, {}),
        ("POST", "/consents", f'{{"subject": "{value}'.encode(), {}),
        ("POST", "/consents/check", {"subject": {"email": value}, "purpose": value}, {"Content-Type": value}),
        ("POST", "/consents/batch", f"{value}\n".encode(), {"Content-Type": "application/x-ndjson"}),
        ("GET", f"/{_quoted(value)}", None, {}),
        ("GET", f"/subjects/{_quoted(value)}/history?email={_quoted(value)}", None, {}),
        ("GET", f"/programme?who={_quoted(value)}", None, {"Authorization": f"Bearer {value}"}),
        ("POST", "/imports", {"file_name": value, "profile": value, "purpose": value}, {}),
        ("DELETE", f"/consents?{_quoted(value)}", None, {}),
    ]
    headers = dict.fromkeys(("User-Agent", "Referer", "Cookie", "traceparent", "X-Request-Id", "Accept"), value)
    for method, path, body, more in requests:
        status, raw = town.ask(method, API + path, body, **headers, **more)
        if status >= 400:
            assert value.encode() not in raw, (method, path, body, raw)
            assert status < 500, (method, status, raw)


def _quoted(value: str) -> str:
    return quote(value, safe="")


def an_export(people: list[Person]) -> str:
    """Their audience export; every second row can't be taken."""
    out = io.StringIO()
    rows = csv.DictWriter(out, COMMON, restval="")
    rows.writeheader()
    for number, person in enumerate(people):
        email = person.email if number % 2 == 0 else person.email.replace("@", "(at)")
        rows.writerow(
            {
                **{
                    "Email Address": email,
                    "First Name": person.name,
                    "Phone Number": person.phone,
                    "OPTIN_TIME": _WHEN,
                },
                **{"OPTIN_IP": person.ip, "CONFIRM_TIME": _WHEN, "CONFIRM_IP": person.ip, "NOTES": person.address},
            }
        )
    return out.getvalue()


@journey
def an_import_over_http(town: Town) -> None:
    wanted = {"file_name": f"{town.people[12].name}.csv", "profile": "mailchimp", "purpose": "newsletter"}
    made = town.must(201, "POST", f"{API}/imports", wanted | {"wording": {"code": "newsletter"}})
    place = f"{API}/imports/{made['id']}"
    content = an_export(town.people[12:15]).encode()
    town.must(200, "PUT", f"{place}/file", content, Content_Type="application/octet-stream")
    eventually(lambda: town.must(200, "GET", place)["state"] in {"done", "failed"})
    assert town.ask("GET", f"{place}/rejects")[0] in {200, 404}


@journey
def an_import_from_the_command_line(town: Town) -> None:
    """The export lies where its owner put it."""
    source = town.requested / "subscribed_members_export.csv"
    source.write_text(an_export(town.people[14:17]), "utf-8")
    common = ("--purpose", "newsletter", "--wording", "newsletter")
    assert json.loads(town.run("import", "mailchimp", str(source), *common, "--json"))["rejected"] > 0


@journey
def questions_on_the_command_line(town: Town) -> None:
    asked = ("check", "--email", "-", "--purpose", "offers", "--channel", "email", "--json")
    assert town.tried(*asked, stdin=town.people[0].email)[0] in {0, 1}


@journey
def evidence_that_was_asked_for(town: Town) -> None:
    person = town.people[1]
    bundle = str(town.requested / "bundle.zip")
    town.run("audit", "export", "--customer-id", "-", "-o", bundle, stdin=person.customer_id)
    town.run("export", str(town.requested / "everything"), "--yes")


@journey
def keys_are_rotated(town: Town) -> None:
    for what in ("wrap", "owners"):
        town.run("keys", "rotate", what)


@journey
def a_backup(town: Town) -> None:
    town.run("backup")


@journey
def an_erasure(town: Town) -> None:
    person = town.people[3]
    cause = ("--cause", "request 2026/117")
    said = town.run("erasure", "erase", "--email", "-", *cause, "--json", stdin=person.email)
    found = re.search(r'"id": ?"([0-9a-f-]{36})"', said)
    assert found, said
    status, certificate = town.ask("GET", f"{API}/erasures/{found[1]}/certificate", **town.as_staff(0))
    assert status == 200
    (town.folder / "certificate.json").write_bytes(certificate)


@journey
def an_evidence_record_is_read_by_two(town: Town) -> None:
    person, records, case = town.people[3], f"{API}/evidence-records", {"case": "I C 7/27"}
    ewa, jan = town.as_staff(0), town.as_staff(1)
    [found] = town.must(200, "POST", f"{records}/search", case | {"contact": {"email": person.email}}, **ewa)["records"]
    place = f"{records}/{found['id']}/open"
    asked = town.must(200, "POST", place, case | {"reason": f"a claim by {person.name}"}, **ewa)
    read = town.must(200, "POST", place, case | {"approval": asked["approval"]}, **jan)
    assert person.email in json.dumps(read)


@journey
def a_restore_at_another_place(town: Town) -> None:
    """The backup still has the person who was erased; what is restored must not."""
    eventually(lambda: b'"tombstone"' in b"".join(files_below(town.journal).values()))
    there = town.folder / "there"
    there.mkdir(mode=0o700)
    shutil.copy2(town.service.data_dir / "root-key", there)
    shutil.copytree(town.journal, there / "journal")
    settings = {"PRIVACY_DATA_DIR": str(there), "PRIVACY_DATABASE_URL": town.target}
    backups = ("--backups", str(town.service.data_dir / "backups"))
    restored = json.loads(town.run("restore", "--json", *backups, **settings))
    assert restored["released"], restored
    assert restored["replayed"]["erased"] > 0, restored
    asked = ("subject", "show", "--customer-id", "-")
    assert town.tried(*asked, stdin=town.people[3].customer_id, **settings)[0] != 0
