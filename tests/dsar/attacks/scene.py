"""A shop with its service, two people in it, and somebody who wants the data of one of them, or wants them gone.

Everything goes through the HTTP API of the whole application, and the jobs that a worker runs. What an attacker was
ever answered is kept, so that it can be judged at the end.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa
import time_machine
from werkzeug.test import TestResponse

from privacy import clock
from privacy.authz.actors import OPERATOR
from privacy.crypto import keyring
from privacy.crypto.owner_keys import load_owner_key
from privacy.db import db, session, unit_of_work
from privacy.jobs import service as jobs
from privacy.outbox.models import OutboxMessage
from privacy.programme import service as programmes
from privacy.subjects import service as subjects
from tests.callers import API, Caller, Service
from tests.dsar.shops import Shops, connected

ANNA = {"customer_id": "C-1", "email": "anna@example.com", "phone": "+48600100200"}
EVE = {"customer_id": "C-2", "email": "eve@example.org"}
#: What nobody but Anna may be told.
CANARIES = ("ANNA-CANARY", "ADDRESS-CANARY", "NOTE-CANARY", "TALK-CANARY", "TEA-CANARY")
PEOPLE: dict[str, dict[str, list[tuple[Any, ...]]]] = {
    "shop": {
        "customer": [
            (1, "C-1", "anna@example.com", "ANNA-CANARY", "1990-01-01", 0),
            (2, "C-2", "eve@example.org", "Eve", None, 0),
        ],
        "orders": [(10, 1, "2026-05-01", "ADDRESS-CANARY", 0), (11, 2, "2026-05-01", "Lipowa 2", 0)],
        "line": [(100, 10, "TEA-CANARY"), (101, 11, "coffee")],
    },
    "crm": {
        "member": [(7, "anna@example.com", "NOTE-CANARY", 0), (8, "eve@example.org", "likes coffee", 0)],
        "talk": [(70, 7, "TALK-CANARY"), (80, 8, "good day")],
    },
}
_ON_FILE = 100 * clock.DAY
_SAYS_NOTHING = {"letter_receipt", "letter_identity", "letter_clarification", "letter_extension"}
_JOBS = ("write_receipts", "send_codes", "end_cooling_off", "delete_expired_packages")


@dataclass(frozen=True)
class Mail:
    """A message, as whoever it is sent to reads it."""

    to: str
    template: str
    text: str
    request_id: UUID


@dataclass
class Stranger:
    """Somebody without a key, at a browser; what they are answered is kept."""

    scene: Scene
    address: str = "127.0.0.1"
    token: str | None = field(default=None, repr=False)

    def send(self, method: str, path: str, body: Any = None, /, **headers: str) -> TestResponse:
        fields = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token:
            fields.setdefault("Authorization", f"Bearer {self.token}")
        answer = self.scene.service.app.test_client().open(
            API + path,
            method=method,
            json=body,
            headers=fields,
            environ_overrides={"REMOTE_ADDR": self.address},
        )
        self.scene.heard.append(answer.get_data())
        return answer

    def ask_code(self, request_id: str) -> None:
        answer = self.send("POST", f"/requests/{request_id}/code")
        assert answer.status_code == 202, answer.text
        self.scene.jobs()

    def enter(self, request_id: str, code: str) -> bool:
        """Try a code; whether it opened a session, which is then used."""
        answer = self.send("POST", f"/requests/{request_id}/session", {"code": code})
        if answer.status_code == 201:
            self.token = answer.get_json()["token"]
        return answer.status_code == 201

    def fetch(self, request_id: str) -> TestResponse:
        return self.send("GET", f"/requests/{request_id}/package")


@dataclass
class Scene:
    """The shop, its portal, its staff; and everything that was said to strangers."""

    service: Service
    shops: Shops
    portal: Caller
    staff: Caller
    second: Caller
    anna: UUID
    eve: UUID
    before: Mapping[str, list[tuple[Any, ...]]]
    heard: list[bytes] = field(default_factory=list, repr=False)

    def stranger(self, address: str = "127.0.0.1") -> Stranger:
        return Stranger(self, address)

    def open(self, case_type: str, subject: Mapping[str, str], *, by: Caller | None = None, **more: Any) -> str:
        """A request that comes by the portal, by default."""
        body = {"type": case_type, "intake": "portal", "subject": dict(subject), **more}
        answer = (by or self.portal).post("/requests", body)
        assert answer.status_code == 201, answer.text
        self.jobs()
        return str(answer.get_json()["id"])

    def now(self, request_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.staff.get(f"/requests/{request_id}").get_json()
        return found

    def try_step(self, request_id: str, name: str, *, by: Caller | None = None, **body: Any) -> TestResponse:
        content = {"version": self.now(request_id)["version"], **body}
        return (by or self.staff).post(f"/requests/{request_id}/{name}", content)

    def step(self, request_id: str, name: str, *, by: Caller | None = None, **body: Any) -> dict[str, Any]:
        """A step that must be possible."""
        answer = self.try_step(request_id, name, by=by, **body)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.get_json()
        return found

    def identify(self, request_id: str, **more: Any) -> dict[str, Any]:
        """Staff compare a signature."""
        return self.step(request_id, "identify", proof="decided", reason="signature compared", **more)

    def answered(self, request_id: str) -> dict[str, Any]:
        """Grant what was identified, and let the worker do it."""
        self.step(request_id, "grant")
        self.work()
        return self.now(request_id)

    def later(self, hours: int) -> None:
        """The worker comes by after so many hours, and does what is due by then."""
        with self.at(clock.micros() + hours * 3_600 * clock.SECOND):
            self.work()

    def at(self, at: int) -> time_machine.travel:
        """It is that time, and goes on from there."""
        return time_machine.travel(clock.from_micros(at), tick=True)

    def jobs(self) -> None:
        """What a worker does by the clock."""
        for job in jobs.listed(idempotency_days=7):
            if job.name in _JOBS:
                jobs.run_job(job, self.service.app.app_context)

    def work(self) -> None:
        """What a worker does in the systems, too."""
        self.jobs()
        self.shops.run()

    def mails(self, to: str | None = None, request_id: str | None = None) -> list[Mail]:
        """Messages that wait to go, the oldest first."""
        with self.service.app.app_context():
            rows = session().scalars(sa.select(OutboxMessage).order_by(OutboxMessage.id)).all()
            found = [_opened(row) for row in rows]
            db.session.remove()
        return [
            one
            for one in found
            if (to is None or to in one.to) and (request_id is None or str(one.request_id) == request_id)
        ]

    def code_in(self, mailbox: str, request_id: str) -> str | None:
        """The newest code that whoever reads a mailbox has for a request."""
        codes = [one for one in self.mails(mailbox, request_id) if one.template.startswith("letter_code")]
        match = re.search(r"\b[0-9]{8}\b", codes[-1].text) if codes else None
        return match[0] if match else None

    def put(self, given: Mapping[str, str], *, held: int = _ON_FILE) -> UUID:
        """Somebody, or one more contact of theirs, on file for so long."""
        with self.service.app.app_context(), unit_of_work():
            programme = programmes.current()
            naming = subjects.name_of(programme, OPERATOR, dict(given))
            since = clock.micros() - held
            found = subjects.put_subject(naming, actor=OPERATOR, programme=programme, source="crm", held_from=since)[0]
        return found

    def is_on_file(self, subject_id: UUID) -> bool:
        with self.service.app.app_context():
            found = bool(subjects.one_with(subject_id, realm="live"))
            db.session.remove()
        return found

    def judge(self, *, also: str | None = None) -> None:
        """Nothing was disclosed, and nothing was destroyed. `also`: the domain of others who are on file."""
        said = b"".join(self.heard)
        assert not [one for one in CANARIES if one.encode() in said]
        assert b"PK\x03\x04" not in said
        assert self.is_on_file(self.anna)
        assert self.is_on_file(self.eve)
        own = {*ANNA.values(), *EVE.values()}
        for mail in self.mails():
            # On paper, to where the request says: that it came, and how to prove who asks.
            says_nothing = mail.template in _SAYS_NOTHING and "\n" in mail.to
            elsewhere = also is not None and mail.to.endswith(f"@{also}")
            assert mail.to in own or elsewhere or says_nothing, f"{mail.template} went to {mail.to}"
            assert mail.to in ANNA.values() or not [one for one in CANARIES if one in mail.text]
        assert self.shops.everything() == self.before


def a_scene(service: Service, folder: Path, **changes: Any) -> Scene:
    """A shop that has known Anna and Eve for a hundred days. `changes`: other sections of the programme."""
    with service.app.app_context():
        shops = connected(service.app, folder, PEOPLE, **changes)
        db.session.remove()
    made = Scene(
        service,
        shops,
        service.caller(),
        service.staff(),
        service.staff(),
        UUID(int=0),
        UUID(int=0),
        shops.everything(),
    )
    made.anna, made.eve = made.put(ANNA), made.put(EVE)
    return made


def unzipped(archive: bytes) -> dict[str, bytes]:
    """The files of a package."""
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def canaries_in(archive: bytes) -> list[str]:
    """Which of Anna's values stand in a package."""
    content = b"".join(unzipped(archive).values())
    return [one for one in CANARIES if one.encode() in content]


def _opened(row: OutboxMessage) -> Mail:
    key = load_owner_key(session(), keyring.installed(), row.owner_id, row.key_version)
    body = msgspec.json.decode(key.open("outbox_message", "body_enc", row.id, bytes(row.body_enc)))
    to = key.open("outbox_message", "to_enc", row.id, bytes(row.to_enc)).decode()
    return Mail(to, row.template, f"{body['subject']}\n{body['body']}", row.owner_id)
