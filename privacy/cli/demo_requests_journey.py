"""An access request and an erasure, step by step, as the person, two members of staff and the worker do them.

Everybody speaks to the service by its HTTP API, with a key or session of their own; the worker does its jobs in turns.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Flask

from config import Config
from privacy.cli import worker
from privacy.cli.demo_mailbox import Mailbox
from privacy.cli.demo_requests_people import Customer
from privacy.errors import Conflict

Answer = dict[str, Any]
#: Called with what was just done, in words.
Tell = Callable[[str], None]

_API = "/api/v1"
#: What people say in the demo, by language.
_SAID = {
    "access": {
        "pl": "Proszę o kopię wszystkich moich danych.",
        "en": "Please send me a copy of everything you hold about me.",
        "hr": "Molim kopiju svih svojih podataka.",
    },
    "erasure": {
        "pl": "Proszę usunąć moje konto i wszystkie moje dane.",
        "en": "Please delete my account and all my data.",
        "hr": "Molim da izbrišete moj račun i sve moje podatke.",
    },
    "paper": {
        "pl": "Przejrzano oba segregatory reklamacji; nic w nich nie ma.",
        "en": "Looked through both folders of complaints; nothing is there.",
        "hr": "Pregledana su oba registratora s reklamacijama; u njima nema ničega.",
    },
}
#: Runs of every job until a request must have come on: rounds of search, changes, letters.
_MOST_RUNS = 12


class DemoStopped(Conflict):
    """The service did not do what the demo asked of it."""

    code = "demo-stopped"


@dataclass(frozen=True)
class Keys:
    """Who acts."""

    #: The shop's site.
    shop: str = field(repr=False)
    #: Who handles requests.
    ewa: str = field(repr=False)
    #: Who agrees to erasures.
    jan: str = field(repr=False)


@dataclass(frozen=True)
class Ended:
    """What came of a request, as its person sees it."""

    request: Answer
    own: Answer
    #: The package, where one was made.
    package: bytes | None = field(default=None, repr=False)


@dataclass
class Journey:
    """The acts of everybody in one installation."""

    app: Flask
    config: Config
    keys: Keys
    mailbox: Mailbox
    tell: Tell

    def access(self, who: Customer, locale: str) -> Ended:
        """A request for access, from the first word to the package in her hands."""
        request = self._asked(who, "access", locale)
        self._prove(request)
        self._staff(request, "grant")
        self.tell("Ewa grants it; the worker asks every system")
        self._work(request)
        self._review(request)
        self._work(request)
        session = self._session(request)
        self.tell("She signs in again by a new code, and fetches the package")
        package = self._send("GET", f"/requests/{request['id']}/package", session).data
        own = self._get(f"/requests/{request['id']}/own", session)
        return Ended(self._now(request), own, package)

    def erasure(self, who: Customer, locale: str) -> Ended:
        """An erasure, agreed to by two people. Her session is opened before: afterwards nobody knows her address."""
        request = self._asked(who, "erasure", locale)
        session = self._prove(request)
        self._staff(request, "grant")
        self._post(f"/requests/{request['id']}/approve", self.keys.jan, {"version": self._now(request)["version"]})
        self.tell("Ewa grants it, Jan agrees; the worker asks every system, changes each, asks all once more")
        self._work(request)
        return Ended(self._now(request), self._get(f"/requests/{request['id']}/own", session))

    def may_contact(self, who: Customer) -> bool:
        """Whether the shop may send her offers by e-mail now."""
        asked = {"subject": {"email": who.email}, "purpose": "offers", "channel": "email"}
        return bool(self._post("/consents/check", self.keys.shop, asked)["allowed"])

    def by_letter(self, kind: str, received_at: str) -> Answer:
        """A request of somebody who is not known, which came some days ago and waits."""
        given = {"name": "Zenon Gil", "address": ["ul. Cicha 3", "61-001 Poznań"], "received_at": received_at}
        return self._post("/requests", self.keys.ewa, {"type": kind, "intake": "letter"} | given)

    def log_key(self) -> str:
        """By which anybody verifies what the service signed."""
        published = self.app.test_client().get("/.well-known/privacy-keys.json").get_json()
        return str(published["keys"][0]["key"])

    def _asked(self, who: Customer, kind: str, locale: str) -> Answer:
        words = _SAID[kind][locale]
        body = {"type": kind, "intake": "portal", "name": who.name, "words": words, "locale": locale}
        request = self._post("/requests", self.keys.shop, body | {"subject": {"email": who.email}})
        self.tell(f"{who.name} asks: {words}")
        self.run_jobs()
        return request

    def _prove(self, request: Answer) -> str:
        """She shows that she reads the address that was on file before: the request is identified by it."""
        session = self._session(request)
        self.tell("A code goes to the address on file; she gives it back and is identified")
        return session

    def _session(self, request: Answer) -> str:
        self._post(f"/requests/{request['id']}/code", None, {})
        self.run_jobs()
        given = {"code": self.mailbox.code()}
        return str(self._post(f"/requests/{request['id']}/session", None, given)["token"])

    def _staff(self, request: Answer, step: str, **body: Any) -> None:
        version = self._now(request)["version"]
        self._post(f"/requests/{request['id']}/{step}", self.keys.ewa, {"version": version} | body)

    def _review(self, request: Answer) -> None:
        """What is about somebody else too is left out."""
        if self._now(request)["state"] != "reviewing":
            return
        seen = self._post(f"/requests/{request['id']}/review/open", self.keys.ewa, {})
        items = [one["ref"] for one in seen["items"] if one["verdict"] is None]
        if items:
            body = {"items": items, "verdict": "redact", "reason": "who got the present is nobody else's business"}
            self._post(f"/requests/{request['id']}/review/decide", self.keys.ewa, body)
            places = ", ".join(sorted({f"{one['table']}.{one['field']}" for one in seen["items"]}))
            self.tell(f"Ewa looks at what is about somebody else too, and leaves it out: {places}")
            self._staff(request, "finish-review")

    def _work(self, request: Answer) -> None:
        """The worker's jobs, and what waits for a person in between, until nothing moves."""
        for _ in range(_MOST_RUNS):
            self.run_jobs()
            now = self._now(request)
            if now["state"] == "answered" or (now["state"] == "reviewing" and not self._decided(request)):
                self.run_jobs()
                return
            self._decided(request)
        raise DemoStopped(f"The request of type {request['type']} does not end.")

    def _decided(self, request: Answer) -> bool:
        """Do by hand what only a person can do; says whether there was anything."""
        waiting = [
            one
            for one in self._get(f"/requests/{request['id']}/tasks", self.keys.ewa)["tasks"]
            if one["state"] in {"pending", "for_a_person", "failed"}
        ]
        for one in waiting:
            path = f"/requests/{request['id']}/tasks/{one['id']}"
            if one["kind"] == "tell":
                self._post(f"{path}/answer", self.keys.ewa, {"answer": "Told by telephone, and done there."})
                self.tell(f"Ewa tells a recipient by telephone (Art. 19): {one['system']}")
            elif one["failure"] is None:
                self._post(f"{path}/form", self.keys.ewa, {"statement": _SAID["paper"][request["locale"]]})
                self.tell(f"Somebody looks through the {one['system']} files and says what was there")
            else:
                raise DemoStopped(f"{one['system']}: {one['failure']}")
        return bool(waiting)

    def run_jobs(self) -> None:
        """What `privacy worker --once` does."""
        worker.run_once(self.app, self.config, threading.Event())

    def _now(self, request: Answer) -> Answer:
        return self._get(f"/requests/{request['id']}", self.keys.ewa)

    def _get(self, path: str, key: str) -> Answer:
        found: Answer = self._send("GET", path, key).get_json()
        return found

    def _post(self, path: str, key: str | None, body: Mapping[str, Any]) -> Answer:
        found: Answer = self._send("POST", path, key, body).get_json()
        return found

    def _send(self, method: str, path: str, key: str | None, body: Mapping[str, Any] | None = None) -> Any:
        headers = {} if key is None else {"Authorization": f"Bearer {key}"}
        answer = self.app.test_client().open(_API + path, method=method, json=body, headers=headers)
        if answer.status_code >= 400:
            problem = answer.get_json(silent=True) or {}
            raise DemoStopped(f"{method} {path}: {answer.status_code} {problem.get('detail', '')}")
        return answer
