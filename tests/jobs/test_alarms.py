"""Alarms: raised for whatever stands still, told to staff until somebody acknowledges them, over when it goes on."""

from __future__ import annotations

import base64
import contextlib
import http.server
import ipaddress
import json
import threading
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from privacy import clock
from privacy.audit import service as audit
from privacy.authz.actors import OPERATOR
from privacy.db import db, end_read, session, unit_of_work
from privacy.jobs import service as jobs
from privacy.jobs import standing, webhooks
from privacy.jobs.alarm_words import WORDS
from privacy.jobs.service import AlarmCode, AlarmNotFound, AlarmSettingsInvalid, Cause, LongJob, Staff, Webhook
from privacy.jobs.watching import NAME, Watch
from privacy.jobs.webhooks import Calling, signature
from privacy.outbox import service as outbox
from privacy.outbox.texts import render
from tests.databases import Database, bare_app

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
HERE = (ipaddress.ip_network("127.0.0.0/8"),)
STAFF = Staff(("dyzur@example.com", "iod@example.com"))
MINUTES = 60
STOP = threading.Event()


@pytest.fixture
def app(database: Database, in_force: None) -> Iterator[Flask]:
    made = bare_app(database)
    yield made
    with made.app_context():
        db.session.remove()
        db.engine.dispose()


def ringing(app: Flask) -> set[tuple[str, str]]:
    with app.app_context():
        found = {(one.code.value, one.about) for one in jobs.alarms()}
        db.session.remove()
    return found


def mails(app: Flask, template: str) -> int:
    with app.app_context():
        found = sum(one.template == template for one in outbox.messages())
        db.session.remove()
    return found


def beat(app: Flask, names: Collection[str], **changes: object) -> None:
    with app.app_context():
        with unit_of_work():
            standing.ensure_known(names)
            for name in names:
                standing.note(name, **{"beat_at": clock.micros(), **changes})
        db.session.remove()


def every_job(tmp_path: Path) -> list[str]:
    """Every job that a worker has, long and short, with a sink and a witness's."""
    listed = jobs.listed(idempotency_days=7)
    settings: Any = None
    long_jobs = jobs.long(
        settings,
        audit.Anchor(tmp_path / "anchor"),
        audit.sink_of(f"file:{tmp_path / 'sink'}"),
        _Stands(),
        settings,
        outbox.Ways.of(smtp_url="", smtp_ca_file="", mail_from="", sms_gateway="", sms_secret=""),
        _Stands(),
    )
    webhook = Webhook("https://alarms.example.com", b"s" * 32)
    watched = jobs.Watched(tmp_path, 48, None)
    names = [*(one.name for one in listed), *(one.name for one in long_jobs)]
    return [*names, *(one.name for one in jobs.alarm_jobs(names, watched, STAFF, webhook))]


class _Stands:
    """Stands for what a job would need if it ran."""

    def run(self, *_: object) -> int:
        return 0

    release = run


def test_each_job_that_is_stopped_rings_within_ten_minutes(
    app: Flask, frozen: time_machine.Traveller, tmp_path: Path
) -> None:
    names = every_job(tmp_path)
    assert len(names) == len(set(names)) > 25
    beat(app, names)
    # Each in its turn falls silent for ten minutes while all the others go on.
    watch = Watch(names, {}, Staff())
    for silent in sorted({*names} - {NAME}):  # Of the watch itself `privacy doctor` and the metrics tell.
        for _ in range(10):
            frozen.shift(MINUTES)
            beat(app, [name for name in names if name != silent])
            watch.run(app.app_context, STOP)
        assert ringing(app) == {("job-silent", silent)}
        beat(app, [silent])
        frozen.shift(MINUTES)
        watch.run(app.app_context, STOP)
        assert not ringing(app)


@pytest.mark.parametrize(
    "code",
    [AlarmCode.LOG_STANDS, AlarmCode.JOURNAL_BEHIND, AlarmCode.SINK_BEHIND, AlarmCode.BACKUP_OLD],
)
def test_what_stands_for_a_moment_does_not_ring_and_what_stands_for_minutes_does(
    app: Flask, frozen: time_machine.Traveller, code: AlarmCode
) -> None:
    answers: list[str] = [""]
    watch = Watch([], {code: lambda _now: answers}, Staff())
    watch.run(app.app_context, STOP)
    frozen.shift(MINUTES)
    watch.run(app.app_context, STOP)
    assert not ringing(app)
    frozen.shift(2 * MINUTES)
    watch.run(app.app_context, STOP)
    assert ringing(app) == {(code.value, "")}
    answers.clear()
    frozen.shift(MINUTES)
    watch.run(app.app_context, STOP)
    assert not ringing(app)


def test_a_question_that_cannot_be_answered_rings(app: Flask, frozen: time_machine.Traveller) -> None:
    def broken(_now: int) -> Collection[str]:
        raise KeyError("what")

    watch = Watch([], {AlarmCode.LOG_STANDS: broken}, Staff())
    for _ in range(3):
        watch.run(app.app_context, STOP)
        frozen.shift(2 * MINUTES)
    assert ringing(app) == {("question-unanswered", "log-stands")}


def test_a_job_that_fails_three_times_rings(app: Flask, frozen: time_machine.Traveller) -> None:
    beat(app, ["broken"], failures=2, failure="system-unreachable")
    watch = Watch(["broken"], {}, Staff())
    watch.run(app.app_context, STOP)
    assert not ringing(app)
    beat(app, ["broken"], failures=3)
    frozen.shift(MINUTES)
    watch.run(app.app_context, STOP)
    assert ringing(app) == {("job-failing", "broken")}


def test_two_watches_ring_once(app: Flask, frozen: time_machine.Traveller) -> None:
    watches = [Watch([], {AlarmCode.CANARY_BROKEN: lambda _now: ["grant"]}, STAFF) for _ in range(2)]
    for watch in watches:
        watch.run(app.app_context, STOP)
    assert mails(app, "alarm") == len(STAFF.addresses)


def test_a_clock_that_was_days_ahead_does_not_silence_the_watch(app: Flask, frozen: time_machine.Traveller) -> None:
    wrong: list[str] = []
    watch = Watch([], {AlarmCode.CANARY_BROKEN: lambda _now: wrong}, Staff())
    frozen.shift(3 * 86_400)
    watch.run(app.app_context, STOP)
    frozen.shift(-3 * 86_400)
    wrong.append("grant")
    watch.run(app.app_context, STOP)
    assert ringing(app) == {("canary-broken", "grant")}


def test_it_is_told_again_until_somebody_acknowledges_it_and_once_more_when_it_is_over(
    app: Flask, frozen: time_machine.Traveller
) -> None:
    about = ["R-2026-0001"]
    watch = Watch([], {AlarmCode.REQUEST_DUE: lambda _now: about}, STAFF)

    def look(hours: int) -> int:
        frozen.shift(hours * 3600)
        watch.run(app.app_context, STOP)
        return mails(app, "alarm") // 2

    assert look(0) == 1
    assert look(1) == 1
    assert look(3) == 2
    assert look(4) == 3
    with app.app_context():
        [one] = jobs.alarms()
        with unit_of_work():
            assert jobs.acknowledge(one.id, actor=OPERATOR).acknowledged_at == clock.micros()
        with pytest.raises(AlarmNotFound), unit_of_work():
            jobs.acknowledge(uuid4(), actor=OPERATOR)
        db.session.remove()
    assert look(24) == 3
    about.clear()
    assert look(1) == 3
    assert mails(app, "alarm_ended") == 2
    with app.app_context():
        actions = [one for one in audit.actions_since(session(), None) if one.startswith("alarm.")]
        assert [view.about for view in jobs.alarms(ended=True)] == ["R-2026-0001"]
        db.session.remove()
    assert actions == ["alarm.raised", "alarm.acknowledged", "alarm.ended"]


def test_many_at_once_are_one_mail(app: Flask, frozen: time_machine.Traveller) -> None:
    about = [f"R-2026-{number:04}" for number in range(300)]
    watch = Watch([], {AlarmCode.REQUEST_OVERDUE: lambda _now: about}, STAFF)
    for _ in range(3):
        watch.run(app.app_context, STOP)
        frozen.shift(3_600)
    assert (mails(app, "alarms"), mails(app, "alarm")) == (2, 0)
    frozen.shift(3_600)
    watch.run(app.app_context, STOP)
    assert mails(app, "alarms") == 4
    del about[2:]
    frozen.shift(10)
    watch.run(app.app_context, STOP)
    assert (mails(app, "alarms_ended"), mails(app, "alarm_ended"), len(ringing(app))) == (2, 0, 2)


@pytest.mark.parametrize("locale", ["en", "pl", "hr"])
@pytest.mark.parametrize("template", ["alarms", "alarms_ended"])
def test_many_have_their_words_in_each_language(locale: str, template: str) -> None:
    text = render(outbox.Message(template, locale, {"COUNT": "7", "LINES": ["one", "two"]}))
    assert (text.locale, "7" in text.subject, "one\n\ntwo" in text.body) == (locale, True, True)


def test_what_nobody_acknowledged_is_listed_before_what_somebody_sees_to(
    app: Flask, frozen: time_machine.Traveller
) -> None:
    with app.app_context():
        with unit_of_work():
            first = jobs.raise_alarm(Cause(AlarmCode.JOB_SILENT, "one"), Staff())
            jobs.acknowledge(first, actor=OPERATOR)
        frozen.shift(1)
        with unit_of_work():
            jobs.raise_alarm(Cause(AlarmCode.JOB_SILENT, "two"), Staff())
        assert [view.about for view in jobs.alarms()] == ["two", "one"]
        db.session.remove()


def test_each_alarm_has_its_words_in_each_language() -> None:
    assert all(words.keys() == set(AlarmCode) for words in WORDS.values())
    assert jobs.said(AlarmCode.JOB_SILENT, "hr-HR") == WORDS["hr"][AlarmCode.JOB_SILENT]
    assert jobs.said(AlarmCode.JOB_SILENT, "de") == WORDS["en"][AlarmCode.JOB_SILENT]


# Webhooks.


@pytest.mark.parametrize(
    ("message_id", "timestamp", "body", "signed"),
    [
        (
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1614265330,
            '{"test": 2432232314}',
            "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        ),
        (
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1614265330,
            '{"test":2432232314}',
            "Vif40peJBP7Iyl0XGmu61n4MwdrcHov5CFREBpE0svs=",
        ),
        (
            "evt_1",
            1767225600,
            '{"type":"consent.withdrawn","powód":"ł"}',
            "+d2y8lp8IRh6r0yKqz88+ZdP1OUqAuoK9WqU1QDNjRk=",
        ),
    ],
)
def test_the_signature_is_that_of_the_standard(message_id: str, timestamp: int, body: str, signed: str) -> None:
    secret = base64.b64decode(SECRET.removeprefix("whsec_"))
    assert signature(secret, message_id, timestamp, body.encode()) == f"v1,{signed}"


class Listener(http.server.BaseHTTPRequestHandler):
    """Answers what it is told to, and remembers what came."""

    statuses: list[int]
    came: list[tuple[dict[str, str], bytes]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.came.append(({name.lower(): value for name, value in self.headers.items()}, body))
        self.send_response(self.statuses.pop(0))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@contextlib.contextmanager
def listening(*statuses: int) -> Iterator[tuple[str, list[tuple[dict[str, str], bytes]]]]:
    class Mine(Listener):
        pass

    Mine.statuses, Mine.came = list(statuses), []
    with http.server.HTTPServer(("127.0.0.1", 0), Mine) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/hook?of=alarms", Mine.came
        finally:
            server.shutdown()
            thread.join()


def raise_one(app: Flask) -> None:
    with app.app_context():
        with unit_of_work():
            jobs.raise_alarm(Cause(AlarmCode.JOB_SILENT, "sequencer"), Staff(by_webhook=True))
        db.session.remove()


def open_calls(app: Flask) -> int:
    with app.app_context():
        found = session().scalar(sa.text("SELECT count(*) FROM alarm_call WHERE done_at IS NULL"))
        end_read()
        db.session.remove()
    return found or 0


def test_a_webhook_is_repeated_under_its_id_until_it_arrives(app: Flask, frozen: time_machine.Traveller) -> None:
    raise_one(app)
    secret = base64.b64decode(SECRET.removeprefix("whsec_"))
    with listening(503, 302, 204) as (url, came):
        calling = Calling(Webhook(url, secret, HERE))
        for seconds in (0, 1, 10, 400):
            frozen.shift(seconds)
            calling.run(app.app_context, STOP)
        assert not calling.run(app.app_context, STOP)
    assert not open_calls(app)
    assert len(came) == 3
    assert len({headers["webhook-id"] for headers, _ in came}) == 1
    for headers, body in came:
        made = signature(secret, headers["webhook-id"], int(headers["webhook-timestamp"]), body)
        assert headers["webhook-signature"] == made
    told = json.loads(came[-1][1])
    assert told["type"] == "alarm.raised"
    assert (told["data"]["code"], told["data"]["about"]) == ("job-silent", "sequencer")


@pytest.mark.parametrize("url", ["https://169.254.169.254/latest", "https://10.0.0.1/hook", "https://127.0.0.1/hook"])
def test_a_webhook_into_a_private_network_is_refused(app: Flask, url: str) -> None:
    raise_one(app)
    assert not Calling(Webhook(url, b"s" * 32)).run(app.app_context, STOP)
    with app.app_context():
        failure = session().scalar(sa.text("SELECT failure FROM alarm_call"))
        db.session.remove()
    assert failure == "address-refused"


def test_a_webhook_that_is_gone_is_not_called_again(app: Flask) -> None:
    raise_one(app)
    with listening(410) as (url, came):
        assert not Calling(Webhook(url, b"s" * 32, HERE)).run(app.app_context, STOP)
    assert len(came) == 1
    assert not open_calls(app)


def test_a_webhook_is_given_up_in_the_end(app: Flask, frozen: time_machine.Traveller) -> None:
    raise_one(app)
    with listening(*[500] * 20) as (url, came):
        calling = Calling(Webhook(url, b"s" * 32, HERE))
        for _ in range(20):
            calling.run(app.app_context, STOP)
            frozen.shift(30 * 3600)
    assert len(came) == len(webhooks._WAITS) + 1
    assert not open_calls(app)


@pytest.mark.parametrize("text", ["", "whsec_", "whsec_AAAA", "no base64 at all!"])
def test_a_secret_that_is_none_is_told_at_the_start(tmp_path: Path, text: str) -> None:
    file = tmp_path / "secret"
    file.write_text(text)
    with pytest.raises(AlarmSettingsInvalid):
        Webhook.of("https://alarms.example.com", str(file))
    file.write_text(SECRET + "\n")
    assert Webhook.of("https://alarms.example.com", str(file))
    assert Webhook.of("", "") is None


def test_a_long_job_that_hangs_falls_silent(app: Flask, frozen: time_machine.Traveller) -> None:
    from privacy.jobs.beats import Beats

    job, beats = LongJob("slow", 1, lambda *_: 0, may_take=600), Beats()
    beats.began(job.name, may_take=job.may_take)
    watch = Watch([job.name], {}, Staff())
    for _ in range(10):
        with app.app_context():
            beats.write()
            db.session.remove()
        watch.run(app.app_context, STOP)
        frozen.shift(MINUTES)
    assert not ringing(app)
    for _ in range(9):
        with app.app_context():
            beats.write()
            db.session.remove()
        frozen.shift(MINUTES)
        watch.run(app.app_context, STOP)
    assert ringing(app) == {("job-silent", "slow")}
