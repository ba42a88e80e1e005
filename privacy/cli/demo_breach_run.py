"""Put the demo of a breach up, run it, and gather what is to be shown."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
from flask import Flask

from config import Config, example_programme
from privacy import clock
from privacy.access import service as access
from privacy.app import create_app
from privacy.audit import service as audit
from privacy.authz.actors import OPERATOR, Actor, ActorKind
from privacy.authz.roles import ROLES, STAFF_PERMISSIONS, StaffRole
from privacy.breach import service as breach
from privacy.breach import story as breach_story
from privacy.breach.service import DataMapQuestion, Form, Inputs, LetterState, Notice, Phase
from privacy.cli import demo_shop, installation, worker
from privacy.cli.breach_course import Course
from privacy.cli.demo_mailbox import Mailbox, serving
from privacy.cli.demo_people import people
from privacy.cli.demo_telling import tell as tell_story
from privacy.cli.opening import opened
from privacy.db import db, unit_of_work
from privacy.dsar import service as dsar
from privacy.evidence import service as evidence
from privacy.outbox import service as outbox
from privacy.outbox.service import MessageKind
from privacy.programme import service as programmes
from privacy.systems import service as systems

#: Customers of the shop; of them some whom the service's own records do not know.
_CUSTOMERS, _KNOWN = 45, 40
_SHOP = "shop"
_PATIENCE = 30.0
_LANGUAGE = "pl"


@dataclass(frozen=True)
class Shown:
    """What a run of the demo shows."""

    number: str
    state: str
    risk: str
    score: str
    level: str
    aware_at: str
    due_at: str
    affected: int
    sources: list[tuple[str, int, int, int, int]]
    letters: list[tuple[str, int]]
    ways: list[tuple[str, int]]
    mails: int
    files: list[str]
    #: What the verifier says of the timeline, line by line, and whether it holds.
    verified: tuple[bool, list[str]]

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "number": self.number,
            "state": self.state,
            "risk": self.risk,
            "enisa": {"score": self.score, "level": self.level},
            "aware_at": self.aware_at,
            "due_at": self.due_at,
            "affected": self.affected,
            "letters": dict(self.letters),
            "ways": dict(self.ways),
            "mails": self.mails,
            "files": self.files,
            "verified": self.verified[0],
        }


def run(folder: Path, config: Config, *, tell: Callable[[str], None]) -> Shown:
    """Make everything in that folder and tell the story."""
    mailbox = Mailbox(folder / "mail")
    (folder / "programme.yml").write_bytes(example_programme().read_bytes())
    own = Config(
        data_dir=folder / "privacy",
        programme=folder / "programme.yml",
        smtp_url=mailbox.url,
        mail_from="Jarzębina <rodo@jarzebina.example>",
        log_level=config.log_level,
    )
    with serving(mailbox):
        installation.prepare(own)
        with opened(own):
            officer, controller = _fill(folder)
        app = create_app(own)
        try:
            course = Course(officer, controller, False, tell, app.app_context)
            return _Demo(folder, own, app, mailbox, course).run()
        finally:
            with app.app_context():
                db.engine.dispose()


def _fill(folder: Path) -> tuple[Actor, Actor]:
    """Our own records, the shop, and who decides."""
    programme = programmes.current()
    with unit_of_work():
        last = None
        for person in people(_KNOWN):
            tell_story(person, last, programme)
            last = person
    _shop(folder / "shop.sqlite3")
    with unit_of_work():
        systems.put_connection(_SHOP, {"url": f"sqlite:///{folder / 'shop.sqlite3'}"}, actor=OPERATOR)
        ewa = access.create_staff("ewa", "ewa@jarzebina.example", actor=OPERATOR, role="dpo")
        jan = access.create_staff("jan", "jan@jarzebina.example", actor=OPERATOR)
    officer = Actor(ActorKind.STAFF, ewa.id, ewa.name, ROLES[StaffRole.DPO])
    return officer, Actor(ActorKind.STAFF, jan.id, jan.name, STAFF_PERMISSIONS)


def _shop(file: Path) -> None:
    """The shop's database, with its customers."""
    given = ({"id": one.customer_id, "email": one.email, "phone": one.phone} for one in people(_CUSTOMERS))
    demo_shop.make(file, programmes.current(), _SHOP, {"customer": given})


@dataclass
class _Demo:
    """One run."""

    folder: Path
    config: Config
    app: Flask
    mailbox: Mailbox
    course: Course

    def run(self) -> Shown:
        """The story in its order."""
        course = self.course
        course.found()
        course.notified(Notice.INITIAL, "DKN.5130.1.2026")
        self._find()
        persons = self._affected()
        course.judged(persons)
        communication = course.agreed()
        course.timed("letters", "service", "each person has one letter", self._work)
        self._work()  # The mails leave.
        course.timed("paper", "privacy team", "print and post what goes on paper", self._post)
        course.timed("telephone", "privacy team", "call whom no letter reaches", lambda: self._call(communication))
        self._work()
        files = self._form()
        course.notified(Notice.COMPLETE, "DKN.5130.1.2026")
        course.ended()
        files += self._documents(communication)
        verified = self._timeline()
        return self._shown(communication, [*files, "timeline.zip"], verified)

    def _find(self) -> None:
        """By the rows of the shop, and by a list that somebody kept apart."""

        def ask() -> None:
            with unit_of_work():
                question = DataMapQuestion(_SHOP, tables=("customer",))
                breach.ask_rows(self.course.breach_id, question, actor=OPERATOR)

        self.course.timed("search", "privacy team", "ask the systems over the data map", ask)
        self._work()
        first = next(people(1))
        by_post = {"postal_address": "Zenon Gil, ul. Cicha 3, 61-001 Poznań"}
        self.course.listed([{"email": first.email}, by_post, {"phone": "600 100 299"}, *breach_story.made_up(3)])

    def _affected(self) -> int:
        with self.app.app_context():
            return breach.affected_counts(self.course.breach_id).affected

    def _post(self) -> None:
        """Each letter on paper as the PDF that is printed, and that it was posted."""
        (self.folder / "paper").mkdir()
        with self.app.app_context():
            waiting = outbox.messages(kinds=[MessageKind.POST], owner_id=self.course.breach_id)
            for number, one in enumerate(waiting, 1):
                (self.folder / "paper" / f"{number:02d}.pdf").write_bytes(dsar.paper_pdf(outbox.paper_of(one.id)))
                with unit_of_work():
                    outbox.mark_posted(one.id, actor=OPERATOR)

    def _call(self, communication: int) -> None:
        """Whom nothing reaches by itself is told by a person."""
        mine = self.course.breach_id
        with self.app.app_context():
            for one in breach.for_a_person(mine, communication):
                with unit_of_work():
                    breach.told_by_hand(mine, communication, one.id, actor=OPERATOR, how="By telephone.")

    def _work(self) -> None:
        worker.run_once(self.app, self.config, threading.Event())

    def _form(self) -> list[str]:
        """The authority's form as it is now sent, with everything that it asks for."""
        made = []
        with self.app.app_context(), unit_of_work():
            for form, name in ((Form.PDF, "uodo.pdf"), (Form.JSON, "uodo.json")):
                filed = breach.notification_of(
                    self.course.breach_id, form, actor=OPERATOR, phase=Phase.COMPLETE, locales=[_LANGUAGE]
                )
                made.append((name, filed.content))
        return self._write(made)

    def _documents(self, communication: int) -> list[str]:
        """The register, and the notice for those who are not reached."""
        made = []
        with self.app.app_context(), unit_of_work():
            for form in Form:
                filed = breach.register_of(form, actor=OPERATOR, locales=[_LANGUAGE])
                made.append((f"register.{form.ending}", filed.content))
            notice = breach.public_notice(self.course.breach_id, communication, _LANGUAGE)
        return self._write([*made, ("notice.html", notice.html().encode())])

    def _write(self, made: Sequence[tuple[str, bytes]]) -> list[str]:
        for name, content in made:
            (self.folder / name).write_bytes(content)
        return [name for name, _ in made]

    def _timeline(self) -> tuple[bool, list[str]]:
        """The course of the breach with its proofs, and what the verifier says of it."""
        with self.app.app_context():
            audit.settle(audit.Anchor(self.config.anchor_path), seconds=_PATIENCE)
            made = evidence.make_timeline(self.course.number, actor=OPERATOR, seconds=_PATIENCE)
            with unit_of_work():
                evidence.record_timeline(made, actor=OPERATOR)
        (self.folder / "timeline.zip").write_bytes(made.content)
        published = self.app.test_client().get("/.well-known/privacy-keys.json").get_json()
        (self.folder / "log.key").write_text(f"{published['keys'][0]['key']}\n")
        verifier = importlib.util.find_spec("privacy.audit.privacy_verify")
        assert verifier is not None
        assert verifier.origin is not None
        told = subprocess.run(  # noqa: S603  # our own program, on a file that this run has written
            [sys.executable, "-I", verifier.origin, "timeline.zip", "--key", "log.key"],
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        )
        return told.returncode == 0, [line.strip() for line in (told.stdout or told.stderr).splitlines()]

    def _shown(self, communication: int, files: list[str], verified: tuple[bool, list[str]]) -> Shown:
        mine = self.course.breach_id
        inputs = breach_story.ASSESSMENT["enisa"]
        scored = breach.severity(msgspec.convert(inputs, Inputs))
        with self.app.app_context():
            row = breach.visible(mine, actor=OPERATOR)
            told = breach.communication(mine, communication)
            sources = breach.affected_sources(mine)
            due = next(one.clock.due_at for one in breach.view(row).clocks if one.clock.code == "authority")
            zone = programmes.current().zone
            affected = breach.affected_counts(mine).affected
        counts = {LetterState(state).value: count for state, count in told.letters.items()}
        return Shown(
            number=row.number,
            state=row.state,
            risk=breach_story.ASSESSMENT["risk"],
            score=f"{float(scored.se):g}",
            level=scored.level.value,
            aware_at=_time(row.aware_at, zone),
            due_at=_time(due, zone),
            affected=affected,
            sources=[(s.kind.value, s.rows_read, s.added, s.repeated, s.rejected) for s in sources],
            letters=sorted(counts.items()),
            ways=sorted(told.ways.items()),
            mails=len(self.mailbox.mails),
            files=files,
            verified=verified,
        )


def _time(at: int | None, zone: Any) -> str:
    return "-" if at is None else f"{clock.from_micros(at).astimezone(zone):%Y-%m-%d %H:%M %Z}"
