"""Somebody with a history, of whom a file can be opened, and somebody else who is the same person."""

from __future__ import annotations

from uuid import UUID

from flask import Flask

from privacy.authz.actors import OPERATOR, Actor
from privacy.consent import service as consent
from privacy.db import db, unit_of_work
from privacy.programme import service as programmes
from privacy.subjects import service as subjects
from tests.consent.desk import Desk

ANNA = {"customer_id": "C-7001", "email": "anna.zielona@example.com", "phone": "+48600700100"}
OTHER = {"customer_id": "C-7002", "email": "anna.z@example.org"}


def made(app: Flask) -> dict[str, object]:
    """Values of the routes' arguments; those that are one member's own are functions of the actor who asks."""
    with app.app_context():
        one, other = people()
        db.session.remove()
    return {"subject_ref": _by(one), "other_ref": _by(other)}


def people() -> tuple[UUID, UUID]:
    """Anna, who agreed, withdrew and was asked about, and another account; two subjects that are two people yet."""
    desk = Desk(programmes.current())
    desk.record(ANNA, "give", channels=["email", "sms"])
    desk.record(ANNA, "withdraw", channels=["sms"])
    desk.put(OTHER)
    desk.record({"customer_id": OTHER["customer_id"]}, "refuse")
    return desk.subject(ANNA), desk.subject(OTHER)


def joined(one: UUID, other: UUID) -> None:
    """Staff found the two to be one."""
    with unit_of_work():
        consent.merge(one, other, actor=OPERATOR, programme=programmes.current(), reason="one loyalty card")


def _by(subject_id: UUID) -> object:
    def reference(actor: Actor) -> str:
        return subjects.hide_subject(actor, subject_id)

    return reference
