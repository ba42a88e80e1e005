"""Put the demo of retention up, run it, and gather what is to be shown.

Everybody speaks to the service by its HTTP API, with a key of their own; the worker does its jobs in turns.
"""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import yaml
from flask import Flask

from config import Config, example_programme
from privacy import clock
from privacy.access import service as access
from privacy.app import create_app
from privacy.authz.actors import OPERATOR, SERVICE
from privacy.cli import installation, worker
from privacy.cli.demo_mailbox import Mailbox, serving
from privacy.cli.demo_requests_journey import DemoStopped
from privacy.cli.demo_retention_systems import HELD, Place, put_up
from privacy.cli.opening import opened
from privacy.db import db, unit_of_work
from privacy.programme import service as programmes
from privacy.retention import service as retention
from privacy.retention.forecasts import forecast_schemas
from privacy.retention.forecasts.forecast import forecast
from privacy.systems import service as systems

Answer = dict[str, Any]
#: Called with what was just done, in words.
Tell = Callable[[str], None]

_API = "/api/v1"
#: What a retention rule of the example says of the disposal by it, in systems that are not here.
_DISPOSING = frozenset({"trigger", "covers", "approvals", "fields", "financial_year_ends", "action", "warning"})
#: The rules of the run that ends, and of the one that waits for its warnings.
_NOW, _WARNED = ("sale", "tax", "visits"), ("inactive",)
#: Runs of every job until a disposal run must have come on.
_MOST_RUNS = 20
_COLLEAGUES = ("ewa", "jan", "zofia")
_LATER = 1_200 * clock.SECOND


@dataclass(frozen=True)
class Shown:
    """What a run of the demo shows."""

    rows: Mapping[str, int]
    left: Mapping[str, int]
    forecast_before: Answer
    forecast_after: Answer
    hold: Answer
    #: The run that ended, the same rules once more, and the one that waits for its warnings.
    run: Answer
    again: Answer
    waiting: Answer
    warnings: list[Answer]
    mails: int
    #: Orders of which some fields went and others stay.
    partly: int
    #: Orders that stay, since nobody knows since when they are kept.
    undated: int
    #: Whether the certificate verifies, and what the verifier says.
    verified: tuple[bool, list[str]]

    def as_json(self) -> Answer:
        """For programs."""
        told = {"rows": dict(self.rows), "left": dict(self.left), "mails": self.mails}
        told |= {"partly": self.partly, "undated": self.undated}
        return told | {
            "forecast": {"before": self.forecast_before, "after": self.forecast_after},
            "hold": self.hold,
            "run": self.run,
            "again": self.again,
            "waiting": self.waiting,
            "warnings": self.warnings,
            "verified": self.verified[0],
        }


def run(folder: Path, config: Config, *, tell: Tell) -> Shown:
    """Make everything in that folder, and dispose of what is due."""
    places = put_up(folder, clock.now().date())
    mailbox = Mailbox(folder / "mail")
    with serving(mailbox):
        (folder / "programme.yml").write_text(_programme())
        own = Config(
            data_dir=folder / "privacy",
            programme=folder / "programme.yml",
            smtp_url=mailbox.url,
            mail_from="Jarzębina <rodo@jarzebina.example>",
            log_level=config.log_level,
        )
        installation.prepare(own)
        with opened(own), unit_of_work():
            for place in places:
                systems.put_connection(place.system, {"url": place.url}, actor=OPERATOR)
            keys = {
                name: access.create_staff(name, f"{name}@jarzebina.example", actor=OPERATOR).key for name in _COLLEAGUES
            }
        # Not inside the context of whoever set it up: each request of the story has one of its own.
        app = create_app(own)
        try:
            return _Story(folder, app, own, keys, places, mailbox, tell).told()
        finally:
            with app.app_context():
                db.engine.dispose()


@dataclass
class _Story:
    """The acts of everybody in one installation."""

    folder: Path
    app: Flask
    config: Config
    keys: Mapping[str, str]
    places: tuple[Place, ...]
    mailbox: Mailbox
    tell: Tell

    def told(self) -> Shown:
        """From what is due to the certificate of what went."""
        rows = self._counts()
        before = self._forecast()
        hold = self._hold()
        ended = self._disposed(_NOW, "done")
        self.tell(f"Run {ended['number']} is done and was read again; its certificate is written")
        verified = self._certificate(ended)
        again = self._disposed(_NOW, "done")
        self.tell(f"The same rules once more, run {again['number']}: there is nothing left to do")
        after = self._forecast()
        waiting = self._disposed(_WARNED, "running")
        self.tell(
            "Who was not in the Club for two years is warned by e-mail, and nothing of theirs goes before the day"
        )
        self._look_at_the_mail()
        warnings: list[Answer] = self._get("/retention-warnings", "ewa")["warnings"]
        orders = next(place for place in self.places if place.system == "shop").rows()["orders"]
        partly = sum(row["delivered_to"] is None and row["total"] is not None for row in orders)
        undated = sum(row["ordered_on"] is None for row in orders)
        mails = len(self.mailbox.mails)
        return Shown(
            rows, self._counts(), before, after, hold, ended, again, waiting, warnings, mails, partly, undated, verified
        )

    def _hold(self) -> Answer:
        review_on = (clock.now().date() + timedelta(days=180)).isoformat()
        body = {
            "reference": "I C 7/27",
            "reason": "a claim for a broken lamp",
            "owner": "ewa",
            "review_on": review_on,
            "people": [{"customer_id": HELD}],
        }
        placed = self._post("/legal-holds", "ewa", body)
        self.tell(f"Ewa places the legal hold {placed['number']} on one customer: a court asks for their orders")
        return placed

    def _disposed(self, rules: tuple[str, ...], until: str) -> Answer:
        """A run of these rules: counted, agreed to by as many as its rules want, carried out."""
        made = self._post("/disposal-runs", "ewa", {"rules": list(rules)})
        seen = self._worked(made, {"previewed", "approved"})
        for name in [*_COLLEAGUES[1:]][: seen["approvals"]]:
            seen = self._post(f"/disposal-runs/{seen['id']}/approve", name, {"preview": seen["preview"]})
        names = " and ".join(one.capitalize() for one in _COLLEAGUES[1 : 1 + seen["approvals"]])
        agreed = f"{names} must agree" if names else "nobody needs to agree"
        self.tell(f"Run {seen['number']} is counted; {agreed}, and it is carried out")
        seen = self._post(f"/disposal-runs/{seen['id']}/start", "ewa", {})
        if until == "done":
            return self._worked(seen, {until})
        for _ in range(3):
            self._run_jobs()
        return self._get(f"/disposal-runs/{seen['id']}", "ewa")

    def _worked(self, seen: Answer, states: set[str]) -> Answer:
        for _ in range(_MOST_RUNS):
            if seen["state"] in states:
                return seen
            self._run_jobs()
            seen = self._get(f"/disposal-runs/{seen['id']}", "ewa")
        raise DemoStopped(f"The run is {seen['state']} and should be {' or '.join(sorted(states))}.")

    def _certificate(self, ended: Answer) -> tuple[bool, list[str]]:
        """Written as JSON and as PDF, and what the stand-alone verifier says of it."""
        self._run_jobs()  # The log is written on before it can prove the end of the run.
        path = f"/disposal-runs/{ended['id']}/certificate"
        for name, form in (("certificate.json", "application/json"), ("certificate.pdf", "application/pdf")):
            answer = self._send("GET", path, "ewa", accept=form)
            (self.folder / name).write_bytes(answer.data)
        published = self.app.test_client().get("/.well-known/privacy-keys.json").get_json()
        (self.folder / "log.key").write_text(published["keys"][0]["key"] + "\n")
        verifier = importlib.util.find_spec("privacy.audit.privacy_verify")
        assert verifier is not None
        assert verifier.origin is not None
        told = subprocess.run(  # noqa: S603  # our own program, on a file that this run has written
            [sys.executable, "-I", verifier.origin, "certificate.json", "--key", "log.key"],
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        )
        return told.returncode == 0, [line.strip() for line in (told.stdout or told.stderr).splitlines()]

    def _forecast(self) -> Answer:
        with self.app.app_context():
            made: Answer = msgspec.to_builtins(forecast_schemas.forecast_out(forecast()))
            db.session.remove()
        return made

    def _look_at_the_mail(self) -> None:
        """What the worker does ten minutes after a mail went: take note that it did."""
        with self.app.app_context():
            with unit_of_work():
                retention.attend_warnings(clock.micros() + _LATER, actor=SERVICE)
            db.session.remove()

    def _counts(self) -> Mapping[str, int]:
        return {f"{place.system}.{table}": len(rows) for place in self.places for table, rows in place.rows().items()}

    def _run_jobs(self) -> None:
        worker.run_once(self.app, self.config, threading.Event())

    def _get(self, path: str, who: str) -> Answer:
        found: Answer = self._send("GET", path, who).get_json()
        return found

    def _post(self, path: str, who: str, body: Mapping[str, Any]) -> Answer:
        found: Answer = self._send("POST", path, who, body).get_json()
        return found

    def _send(
        self, method: str, path: str, who: str, body: Mapping[str, Any] | None = None, accept: str = "application/json"
    ) -> Any:
        headers = {"Authorization": f"Bearer {self.keys[who]}", "Accept": accept}
        answer = self.app.test_client().open(_API + path, method=method, headers=headers, json=body)
        if answer.status_code >= 400:
            problem = answer.get_json()
            raise DemoStopped(f"{method} {path}: {problem['title']} {problem.get('detail', '')}")
        return answer


def _programme() -> str:
    """The example's, with the systems and rules of the demo in place of its own."""
    ours = yaml.safe_load((Path(__file__).parent / "demo_retention.yml").read_text("utf-8"))
    example = dict(programmes.read(example_programme().read_bytes()).content)
    made = {one["code"] for one in ours["retention_rules"]}
    kept = [
        {name: value for name, value in rule.items() if name not in _DISPOSING}
        for rule in example["retention_rules"]
        if rule["code"] not in made
    ]
    ours["retention_rules"] = kept + ours["retention_rules"]
    rest = programmes.Document({name: value for name, value in example.items() if name not in ours})
    return programmes.write(rest) + yaml.safe_dump(ours, allow_unicode=True, sort_keys=False)
