"""Sinks get the log in its order, every event at least once, and learn nothing about anybody."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from privacy import clock
from privacy.audit import service
from privacy.audit.models import AuditBody, AuditLeaf, AuditSink
from privacy.audit.sinks import forwarding
from privacy.audit.sinks.collector import Collector
from privacy.audit.sinks.file import LinesFile
from privacy.audit.sinks.line import Line, lines_from
from privacy.audit.sinks.syslog import Syslog, Transport, message
from privacy.audit.sinks.targets import Sink
from privacy.crypto.keyring import Keyring
from privacy.crypto.owner_keys import create_owner_key
from privacy.db import new_id, session, unit_of_work
from tests.audit.sink_targets import MESSAGE, collector, numbers, tcp_receiver, udp_receiver
from tests.build import an_actor
from tests.databases import Database
from tests.rules.source import ROOT

ACTOR = an_actor()
NEVER = threading.Event()


@pytest.fixture
def anchor(tmp_path: Path) -> service.Anchor:
    return service.Anchor(tmp_path / "log-checkpoint.txt")


def sequenced(context: Flask, anchor: service.Anchor, number: int, **about: Any) -> None:
    """So many events more, in the log."""
    with context.app_context():
        with unit_of_work():
            for n in range(number):
                service.record("thing.done", actor=ACTOR, object_type="thing", object_id=f"t{n}", content={}, **about)
        service.settle(anchor, seconds=10)


def forwarded(context: Flask, setting: str) -> int:
    """What a worker that starts now streams."""
    sink = service.sink_of(setting)
    assert sink is not None
    forwarder = service.Forwarder(sink)
    try:
        return forwarder.run(context.app_context, NEVER)
    finally:
        forwarder.release(context.app_context)


def lines_of(path: Path) -> list[str]:
    return path.read_text().splitlines()


def test_a_file_gets_every_event_once_and_goes_on_where_it_ended(
    context: Flask, anchor: service.Anchor, tmp_path: Path
) -> None:
    path = tmp_path / "log.jsonl"
    sequenced(context, anchor, 600)
    assert forwarded(context, f"file:{path}") == 601
    assert forwarded(context, f"file:{path}") == 0
    sequenced(context, anchor, 3)
    assert forwarded(context, f"file:{path}") == 3
    assert numbers(lines_of(path)) == list(range(604))


def test_a_file_may_be_rotated(context: Flask, anchor: service.Anchor, tmp_path: Path) -> None:
    path, moved = tmp_path / "log.jsonl", tmp_path / "log.jsonl.1"
    sink = service.sink_of(f"file://{path}")
    assert sink is not None
    forwarder = service.Forwarder(sink)
    sequenced(context, anchor, 0)
    forwarder.run(context.app_context, NEVER)
    path.rename(moved)
    sequenced(context, anchor, 2)
    forwarder.run(context.app_context, NEVER)
    assert numbers(lines_of(moved)) + numbers(lines_of(path)) == [0, 1, 2]
    path.write_text("")  # As `copytruncate` does.
    sequenced(context, anchor, 1)
    forwarder.run(context.app_context, NEVER)
    assert numbers(lines_of(path)) == [3]


def test_a_torn_line_does_not_spoil_the_next(context: Flask, anchor: service.Anchor, tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    sequenced(context, anchor, 1)
    path.write_text('{"sequence_number":0,"acti')
    forwarded(context, f"file:{path}")
    torn, *whole = lines_of(path)
    assert torn == '{"sequence_number":0,"acti'
    assert numbers(whole) == [0, 1]


def test_a_line_tells_no_person_and_no_detail(
    context: Flask, anchor: service.Anchor, tmp_path: Path, ring: Keyring
) -> None:
    subject_id, act_id = new_id(), new_id()
    with unit_of_work() as current:
        create_owner_key(current, ring, subject_id)
    with unit_of_work():
        for action in ("consent.given", "consent.withdrawn"):
            service.record(
                action,
                actor=ACTOR,
                object_type="consent_act",
                object_id=act_id,
                content={},
                subject_id=subject_id,
                details={"reason": "Anna Nowak rang"},
            )
    sequenced(context, anchor, 0)
    path = tmp_path / "log.jsonl"
    forwarded(context, f"file:{path}")
    text = path.read_text()
    assert not [word for word in ("Nowak", str(subject_id), str(act_id), ACTOR.name) if word in text]
    given, withdrawn = [json.loads(line) for line in text.splitlines()][1:]
    assert given.keys() == {
        *("log", "sequence_number", "event_id", "leaf_hash", "at", "action", "actor", "subject", "object")
    }
    assert (given["subject"], given["object"]) == (withdrawn["subject"], withdrawn["object"])
    assert UUID(given["subject"]) not in {UUID(given["object"]["id"]), subject_id}


def test_an_event_whose_body_was_deleted_keeps_its_place(
    context: Flask, anchor: service.Anchor, tmp_path: Path
) -> None:
    sequenced(context, anchor, 2)
    with unit_of_work() as current:
        last = sa.select(AuditLeaf.event_id).where(AuditLeaf.sequence_number == 1).scalar_subquery()
        current.execute(sa.delete(AuditBody).where(AuditBody.event_id == last))
    forwarded(context, f"file:{tmp_path / 'log.jsonl'}")
    found = [json.loads(line) for line in lines_of(tmp_path / "log.jsonl")]
    assert [one["action"] for one in found] == ["log.opened", None, "thing.done"]
    with udp_receiver() as (port, receiver):
        forwarded(context, f"syslog:udp://127.0.0.1:{port}")
        messages = [MESSAGE.fullmatch(receiver.recv(65_536)) for _ in range(3)]
    assert [one["msgid"] for one in messages if one] == [b"log.opened", b"-", b"thing.done"]


def test_datagrams_are_messages_of_the_rfc(context: Flask, anchor: service.Anchor) -> None:
    sequenced(context, anchor, 30)
    with udp_receiver() as (port, receiver):
        assert forwarded(context, f"syslog:udp://127.0.0.1:{port}") == 31
        messages = [MESSAGE.fullmatch(receiver.recv(65_536)) for _ in range(31)]
    assert {(one["pri"], one["app"]) for one in messages if one} == {(b"110", b"privacy")}
    assert numbers([one["text"].decode() for one in messages if one]) == list(range(31))
    for place, one in enumerate(messages):
        assert one is not None
        assert f'seq="{place}"' in one["sd"].decode()


def test_a_stream_is_counted_octets_and_confirmed_by_its_end(context: Flask, anchor: service.Anchor) -> None:
    sequenced(context, anchor, 300)
    with tcp_receiver() as receiver:
        assert forwarded(context, f"syslog:tcp://127.0.0.1:{receiver.port}") == 301
        messages = [MESSAGE.fullmatch(one) for one in receiver.messages]
    assert numbers([one["text"].decode() for one in messages if one]) == list(range(301))


def test_a_stream_that_is_reset_is_sent_again(context: Flask, anchor: service.Anchor) -> None:
    sequenced(context, anchor, 300)
    with tcp_receiver() as receiver:
        setting = f"syslog:tcp://127.0.0.1:{receiver.port}"
        receiver.resets_after = 1_000
        assert forwarded(context, setting) == 0
        receiver.resets_after = None
        assert forwarded(context, setting) == 301
        found = numbers([one[one.index(b"{") :].decode() for one in receiver.messages])
    assert found[-301:] == list(range(301))


@given(st.text(max_size=40), st.text(max_size=300))
def test_whatever_stands_in_it_a_message_can_be_read(action: str, host: str) -> None:
    line = Line(7, UUID(int=7), 0, action.encode("ascii", "replace").decode(), "{}")
    assert MESSAGE.fullmatch(message(line, host=host))


def test_a_collector_gets_every_event_in_bounded_portions(context: Flask, anchor: service.Anchor) -> None:
    sequenced(context, anchor, 600)
    with collector() as server:
        assert forwarded(context, server.url) == 601
        assert numbers(server.lines) == list(range(601))


@pytest.mark.parametrize("status", [301, 308, 400, 401, 429, 500, 503])
def test_an_answer_that_is_no_yes_is_asked_again_and_no_redirect_followed(
    context: Flask, anchor: service.Anchor, status: int
) -> None:
    sequenced(context, anchor, 3)
    with collector() as server:
        server.statuses = [status]
        assert forwarded(context, server.url) == 0
        assert server.lines == []
        assert forwarded(context, server.url) == 4
        assert numbers(server.lines) == [0, 1, 2, 3]


def test_a_slow_collector_is_left_after_its_time(context: Flask) -> None:
    with context.app_context():
        lines = lines_from(0, origin="x", limit=1)
    with collector() as server:
        server.dawdles = 0.2
        target = Collector(urlsplit(server.url), timeout=0.05)
        with pytest.raises(service.SinkUnreachable):
            target.deliver(lines)
        assert server.lines == [] or numbers(server.lines) == [0]


def test_a_syslog_receiver_that_never_reads_is_left_after_its_time(context: Flask) -> None:
    with context.app_context():
        lines = lines_from(0, origin="x", limit=1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        target = Syslog(Transport.TCP, "127.0.0.1", silent.getsockname()[1], timeout=0.05)
        with pytest.raises(service.SinkUnreachable):
            target.deliver(lines)


def test_a_dead_sink_rests_longer_from_failure_to_failure_and_nothing_is_lost(
    context: Flask, anchor: service.Anchor, frozen: Any
) -> None:
    sequenced(context, anchor, 5)
    with collector() as server:
        url = server.url
        server.statuses = [503] * 4
        sink = service.sink_of(url)
        assert sink is not None
        forwarder = service.Forwarder(sink)
        for rest in (1, 2, 4, 8):
            assert forwarder.run(context.app_context, NEVER) == 0
            left = len(server.statuses)
            frozen.shift(rest - 0.1)
            assert forwarder.run(context.app_context, NEVER) == 0
            assert len(server.statuses) == left
            frozen.shift(0.2)
        assert forwarder.run(context.app_context, NEVER) == 6


def test_a_sink_is_behind_when_something_waits_and_nothing_moves(
    context: Flask, anchor: service.Anchor, tmp_path: Path, frozen: Any
) -> None:
    sink = service.sink_of(f"file:{tmp_path / 'log.jsonl'}")
    assert sink is not None

    def current() -> bool:
        with context.app_context():
            return service.sink_is_current(sink, clock.micros())

    sequenced(context, anchor, 1)
    forwarded(context, f"file:{tmp_path / 'log.jsonl'}")
    frozen.shift(86_400)
    assert current()
    sequenced(context, anchor, 1)
    frozen.shift(14 * 60)
    assert current()
    frozen.shift(2 * 60)
    assert not current()
    forwarded(context, f"file:{tmp_path / 'log.jsonl'}")
    assert current()


def test_two_workers_take_turns(context: Flask, anchor: service.Anchor, tmp_path: Path, frozen: Any) -> None:
    sink = service.sink_of(f"file:{tmp_path / 'log.jsonl'}")
    assert sink is not None
    one, other = service.Forwarder(sink), service.Forwarder(sink)
    sequenced(context, anchor, 1)
    assert one.run(context.app_context, NEVER) == 2
    sequenced(context, anchor, 1)
    assert other.run(context.app_context, NEVER) == 0
    frozen.shift(forwarding.LEASE / 1_000_000 + 1)
    assert other.run(context.app_context, NEVER) == 1
    sequenced(context, anchor, 1)
    assert one.run(context.app_context, NEVER) == 0
    other.release(context.app_context)
    assert one.run(context.app_context, NEVER) == 1
    assert numbers(lines_of(tmp_path / "log.jsonl")) == [0, 1, 2, 3]


def test_who_lost_the_lease_while_sending_moves_nothing(context: Flask, anchor: service.Anchor, frozen: Any) -> None:
    sequenced(context, anchor, 3)
    taken: list[list[int]] = []

    class Slow:
        """Sends for longer than its lease; meanwhile another worker has done everything."""

        def deliver(self, lines: Any) -> None:
            frozen.shift(forwarding.LEASE / 1_000_000 + 1)
            taken.append([line.sequence_number for line in lines])
            service.Forwarder(Sink("x", quick)).run(context.app_context, NEVER)

    class Quick:
        def deliver(self, lines: Any) -> None:
            taken.append([line.sequence_number for line in lines])

    quick = Quick()
    assert service.Forwarder(Sink("x", Slow())).run(context.app_context, NEVER) == 0
    assert taken == [[0, 1, 2, 3], [0, 1, 2, 3]]
    with context.app_context():
        assert session().scalar(sa.select(AuditSink.place)) == 4


@pytest.mark.parametrize(
    "setting",
    [
        "log.jsonl",
        "file:log.jsonl",
        "file:/nowhere/at/all/log.jsonl",
        "file:/tmp",
        "syslog:127.0.0.1:514",
        "syslog:udp://127.0.0.1",
        "syslog:tls://127.0.0.1:6514",
        "syslog:tcp://127.0.0.1:0",
        "syslog:tcp://127.0.0.1:514/x",
        "http://collector.example.com/in",
        "https://",
        "https://user:secret@collector.example.com/",
        "https://collector.example.com:x/",
        "https://collector.example.com/a b",
        "ftp://127.0.0.1/",
    ],
)
def test_a_setting_that_cannot_be_used_says_what_would_be_right(setting: str) -> None:
    with pytest.raises(service.SinkInvalid) as raised:
        service.sink_of(setting)
    assert list(raised.value.extensions["errors"]) == ["PRIVACY_AUDIT_SINK"]
    assert "secret" not in raised.value.detail


def test_settings_that_can_be_used(tmp_path: Path) -> None:
    assert service.sink_of("") is None
    found = [
        service.sink_of(setting)
        for setting in (
            f"file:{tmp_path}/log.jsonl",
            "syslog:udp://[::1]:514",
            "syslog:tcp://logs.example.com:6514",
            "https://collector.example.com/in?source=privacy",
            "http://localhost:8088/in",
        )
    ]
    assert len({sink.name for sink in found if sink}) == 5
    assert isinstance(found[0].target if found[0] else None, LinesFile)


@pytest.mark.usefixtures("context")
def test_killed_at_any_line_a_worker_leaves_no_gap(database: Database, tmp_path: Path, ring: Keyring) -> None:
    ring.save(tmp_path / "ring.json")
    command = [sys.executable, "-m", "tests.audit.killed_forwarder", database.url, str(tmp_path / "ring.json")]
    done = subprocess.run([*command, str(tmp_path)], check=True, timeout=100, cwd=ROOT, capture_output=True, text=True)
    assert int(done.stdout) > 30
    found = numbers([line for line in lines_of(tmp_path / "log.jsonl") if line])
    first = [number for place, number in enumerate(found) if number not in found[:place]]
    assert first == list(range(int(done.stdout) + 2))
