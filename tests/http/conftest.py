"""A small application on the real plumbing: one table's worth of effects, a few ways to fail."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import marshmallow as ma
import msgspec
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from privacy.audit import service as audit
from privacy.authz.actors import Actor
from privacy.authz.permissions import Permission
from privacy.db import db, new_id, session
from privacy.errors import Conflict, NotAuthenticated, Unavailable, VerificationError
from privacy.http.auth import current_actor, public, require
from privacy.http.blueprint import Blueprint
from privacy.http.setup import HttpSettings, install
from privacy.http.unit import writes
from tests.build import an_actor
from tests.databases import Database, bare_app

ADDRESS = "anna.nowak@example.com"
ACTORS = {
    "writer": an_actor(Permission.CONSENTS_WRITE),
    "other-writer": an_actor(Permission.CONSENTS_WRITE),
    "reader": an_actor(Permission.CONSENTS_READ),
}


class NoteIn(msgspec.Struct, forbid_unknown_fields=True):
    text: Annotated[str, msgspec.Meta(max_length=100)]
    lines: list[int] = []


class NoteOut(msgspec.Struct):
    id: str
    text: str


class OldNoteIn(ma.Schema):
    text = ma.fields.String(required=True)


def authenticate(key: str) -> Actor:
    if key not in ACTORS:
        raise NotAuthenticated
    return ACTORS[key]


def note_routes() -> Blueprint:
    notes = Blueprint("notes", __name__, url_prefix="/api/v1/notes", description="Notes")

    @notes.post("")
    @require(Permission.CONSENTS_WRITE)
    @notes.body(NoteIn)
    @writes
    @notes.answers(201, NoteOut)
    def write(body: NoteIn) -> NoteOut:
        """Write a note."""
        note = new_id()
        audit.record("note.written", actor=current_actor(), object_type="note", object_id=note, content={})
        return NoteOut(str(note), body.text)

    @notes.post("/fail-late")
    @require(Permission.CONSENTS_WRITE)
    @notes.body(NoteIn)
    @writes
    @notes.answers(201, NoteOut)
    def fail_late(body: NoteIn) -> NoteOut:
        """Do the work, then fail."""
        audit.record("note.written", actor=current_actor(), object_type="note", object_id=new_id(), content={})
        raise Conflict(f"No more than {len(body.lines)} lines.")

    @notes.post("/old")
    @require(Permission.CONSENTS_WRITE)
    @notes.arguments(OldNoteIn)
    @notes.answers(200, NoteOut)
    def old(body: dict[str, Any]) -> NoteOut:
        """Read a note by marshmallow."""
        return NoteOut("1", body["text"])

    @notes.post("/anonymous")
    @public
    @writes
    @notes.answers(204)
    def anonymous() -> None:
        """Write without a key, as one-click unsubscribe does."""

    @notes.get("/<uuid:note>")
    @require(Permission.CONSENTS_READ)
    @notes.answers(200, NoteOut)
    def read(note: Any) -> NoteOut:
        """Read a note."""
        return NoteOut(str(note), "text")

    add_faults(notes)
    return notes


def add_faults(notes: Blueprint) -> None:
    @notes.get("/broken")
    @public
    def broken() -> NoteOut:
        """Meet a fault."""
        raise KeyError(ADDRESS)

    @notes.get("/broken-seal")
    @public
    def broken_seal() -> NoteOut:
        """Meet a value that does not verify."""
        raise VerificationError(f"seal of {ADDRESS}")

    @notes.get("/broken-row")
    @public
    def broken_row() -> NoteOut:
        """Meet a refusal of the database."""
        session().execute(sa.text("INSERT INTO staff (id, name) VALUES (:id, :name)"), {"id": None, "name": ADDRESS})
        raise AssertionError

    @notes.get("/away")
    @public
    def away() -> NoteOut:
        """Find the database away."""
        raise Unavailable(allowed=False, reason="unavailable")

    @notes.get("/forgotten")
    def forgotten() -> NoteOut:
        """Say nothing about who may use it."""
        raise AssertionError("nobody gets here")


@pytest.fixture
def settings(tmp_path: Path) -> HttpSettings:
    return HttpSettings(
        base_url="https://privacy.example.com",
        data_dir=tmp_path,
        rate_limit=10_000,
        version="1",
        security_contact="mailto:security@example.com",
    )


@pytest.fixture
def service(database: Database, settings: HttpSettings) -> Iterator[Flask]:
    app = bare_app(database)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    checks = {"database": lambda: True, "disk": lambda: True}
    api = install(app, settings, authenticate=authenticate, checks=checks)
    api.register_blueprint(note_routes())
    app.extensions["test_api"] = api
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def web(service: Flask) -> FlaskClient:
    return service.test_client()


def bearer(name: str = "writer", **more: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {name}", **{key.replace("_", "-"): value for key, value in more.items()}}


def events(app: Flask) -> int:
    """How many changes were recorded since the log was opened, which is an event of its own."""
    with app.app_context():
        return audit.count_events(session()) - 1
