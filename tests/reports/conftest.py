"""An installation with something to report: acts of one person, a list that was checked, a log that is published."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from privacy.audit import service as audit
from privacy.db import db
from tests.callers import ANNA, Caller, Service, a_give
from tests.reports.office import subject_of

STRANGERS = ({"email": "nikt@example.com"}, {"email": "ktos@example.com"})


@dataclass(frozen=True)
class Laid:
    """The installation; an application context is open."""

    service: Service
    caller: Caller
    anchor: audit.Anchor
    #: The question about a list as it was sent, and the answer as it came.
    question: Mapping[str, Any]
    answer: Mapping[str, Any]

    def publish(self) -> None:
        """What the worker does."""
        audit.settle(self.anchor, seconds=10)
        db.session.remove()

    def options(self, name: str) -> dict[str, str]:
        """What a report cannot be made without."""
        if name == "consent_proof":
            return {"subject": str(subject_of(ANNA)), "reason": "authority", "reference": "UODO/12/2026"}
        if name == "campaign":
            return {"answer": json.dumps(self.answer), "asked": json.dumps(self.question)}
        return {}


@pytest.fixture
def laid(service: Service, tmp_path: Path) -> Iterator[Laid]:
    caller = service.caller()
    caller.record(a_give())
    caller.record(a_give(act="withdraw", channels=["sms"], wording=None, notice=None, occurred_at=None))
    people = [{"email": one["email"]} for one in (ANNA, *STRANGERS)]
    question = {"purpose": "offers", "channel": "email", "subjects": people, "receipt": True}
    answer = caller.post("/consents/check/batch", question)
    assert answer.status_code == 200, answer.text
    with service.app.app_context():
        made = Laid(service, caller, audit.Anchor(tmp_path / "log-checkpoint.txt"), question, answer.json or {})
        made.publish()
        yield made
        db.session.remove()
