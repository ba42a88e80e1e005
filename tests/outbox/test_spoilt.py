"""A message that cannot be opened holds up none of the others: it is tried later, and ends when it is worth nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from privacy.audit import service as audit
from privacy.db import session, unit_of_work
from privacy.outbox import service as outbox
from privacy.outbox.models import OutboxMessage
from tests.outbox.relay import Relay
from tests.outbox.sending import mailer, put, send, state_of


@pytest.mark.parametrize("column", ["to_enc", "body_enc"])
def test_a_message_that_cannot_be_opened_holds_up_no_other(context: Flask, tmp_path: Path, column: str) -> None:
    assert context
    outbox.install(audit.record_message)
    spoilt, sound = put(), put(to="ola@example.com")
    with unit_of_work():
        one = sa.update(OutboxMessage).where(OutboxMessage.id == spoilt)
        session().execute(one.values({column: b"\x00" * 64, "next_at": 0}))
    with Relay(tmp_path) as relay:
        assert send(mailer(relay.url, relay.ca_file)) == 1
    assert state_of(sound) == ("sent", None)
    assert state_of(spoilt) == ("pending", "cannot-be-opened")
