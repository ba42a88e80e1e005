"""The journal: every leaf once and in order, with what a restore must replay, and nothing that could be read."""

from __future__ import annotations

import base64
import os
import stat
import threading
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa
import time_machine

from privacy import clock
from privacy.audit import service as audit
from privacy.authz.actors import OPERATOR, Actor
from privacy.consent import service as consent
from privacy.consent.models import ConsentAct
from privacy.db import session, unit_of_work
from privacy.erasure import service as erasure
from privacy.programme import service as programmes
from privacy.recovery import journal_writer
from privacy.recovery import service as recovery
from privacy.recovery.failures import JournalBroken
from privacy.recovery.service import Entry, Journal, ReplayKind
from privacy.subjects import service as subjects
from privacy.subjects.models import DataSubject
from tests.callers import ANNA, Service, a_give
from tests.recovery.desk import BOB, a_no, inside, journalled, many_acts, settled


def service_actor() -> Actor:
    """Who acts on the live people of these tests."""
    return OPERATOR


def _done(entries: list[Entry]) -> list[str]:
    return [one.kind.value for entry in entries for one in entry.do]


def test_every_leaf_is_there_once_and_in_order_with_the_last_checkpoint(service: Service, tmp_path: Path) -> None:
    caller = service.caller()
    caller.record(a_give())
    entries = journalled(service.app, tmp_path)
    with inside(service.app):
        leaves = audit.sequenced_leaves(0, 10_000)
        published = audit.newest_checkpoint()
    assert [(e.n, e.event_id, e.v, e.commitment, e.sequenced_at) for e in entries] == [leaf[:5] for leaf in leaves]
    assert [e.n for e in entries] == list(range(len(leaves)))
    journal = Journal(tmp_path / "journal")
    newest = journal.newest_checkpoint()
    assert newest is not None
    assert (newest.size, newest.checkpoint) == (published.size, published.note)
    assert journal.last_position == len(leaves) - 1
    assert journal.gaps(-1, len(leaves)) == []
    again = journalled(service.app, tmp_path)
    assert again == entries


def test_a_yes_asks_for_nothing_and_a_no_stands_there_as_its_row(service: Service, tmp_path: Path) -> None:
    caller = service.caller()
    caller.record(a_give())
    before = len(journalled(service.app, tmp_path))
    recorded = a_no(caller)
    entries = journalled(service.app, tmp_path)
    assert "act" not in _done(entries[:before])
    acts = [one for entry in entries[before:] for one in entry.do if one.kind is ReplayKind.ACT]
    assert len(acts) == len(recorded["records"]) >= 1
    with inside(service.app):
        row = session().execute(sa.select(ConsentAct).where(ConsentAct.id == UUID(acts[0].row["id"]))).scalar_one()
        assert acts[0].row["act"] == "withdraw"
        assert set(acts[0].row) == {column.key for column in ConsentAct.__table__.columns}
        assert acts[0].row["subject_id"] == str(row.subject_id)
        assert acts[0].row["received_at"] == row.received_at


def test_a_no_names_the_contacts_that_it_covers_as_suppression_lists_have_them(
    service: Service, tmp_path: Path
) -> None:
    caller = service.caller()
    caller.record(a_give())
    a_no(caller, "object", channels=["sms"])
    complaint = {"contact": {"phone": ANNA["phone"]}, "event": "complaint", "occurred_at": "2026-11-20T12:00:00Z"}
    assert caller.post("/contacts/events", complaint).status_code == 200
    entries = journalled(service.app, tmp_path)
    [act] = [one for entry in entries for one in entry.do if one.kind is ReplayKind.ACT]
    assert [kind for kind, _ in act.contacts] == ["phone"]
    [entry] = [one for entry in entries for one in entry.do if one.kind is ReplayKind.SUPPRESSION]
    assert base64.b64decode(entry.row["contact_index"]) == act.contacts[0][1]


def test_standings_merges_claims_and_ended_contacts_are_there(service: Service, tmp_path: Path) -> None:
    caller = service.caller()
    caller.record(a_give(ANNA | {"loyalty_card": "9001"}))
    caller.record(a_give(BOB))
    reassigned = {"contact": {"email": BOB["email"]}, "event": "reassigned", "occurred_at": "2026-11-20T12:00:00Z"}
    assert caller.post("/contacts/events", reassigned).status_code == 200
    with inside(service.app):
        programme = programmes.current()
        live = service_actor()
        one, *_, other = session().scalars(sa.select(DataSubject.id).order_by(DataSubject.id))
        naming = subjects.name_of(programme, live, {"customer_id": ANNA["customer_id"]})
        with unit_of_work():
            consent.merge(one, other, actor=live, programme=programme, reason="same person")
            subjects.put_subject(
                naming, actor=live, programme=programme, source="crm", standing={subjects.Standing.RESTRICTED: True}
            )
        with unit_of_work():
            subjects.put_subject(
                naming, actor=live, programme=programme, source="crm", standing={subjects.Standing.RESTRICTED: False}
            )
    entries = journalled(service.app, tmp_path)
    assert {"merge", "claim", "standing", "contact_end", "suppression"} <= set(_done(entries))
    rows = [one.row for entry in entries for one in entry.do if one.kind is ReplayKind.STANDING]
    assert {row["standing"] for row in rows} == {"restricted"}
    assert all(row["until"] for row in rows)
    [ended] = [one.row for entry in entries for one in entry.do if one.kind is ReplayKind.CONTACT_END]
    assert ended["ended"] == "reassigned"


def test_an_erasure_leaves_its_tombstones_and_what_is_gone_is_left_out(service: Service, tmp_path: Path) -> None:
    caller = service.caller()
    caller.record(a_give())
    a_no(caller)
    settled(service.app, tmp_path)
    with inside(service.app):
        [subject_id] = session().scalars(sa.select(DataSubject.id))
        with unit_of_work():
            erased = erasure.erase_subject(subject_id, cause="request 7", actor=service_actor())
        index = erasure.tombstone_index(subject_id)
    assert erased is not None
    entries = journalled(service.app, tmp_path)
    assert "act" not in _done(entries)
    tombs = [one.row for entry in entries for one in entry.do if one.kind is ReplayKind.TOMBSTONE]
    assert base64.b64encode(index).decode() in {row["index_bidx"] for row in tombs}


def test_nothing_in_it_can_be_read_by_whoever_has_no_key(service: Service, tmp_path: Path) -> None:
    caller = service.caller()
    caller.record(a_give(evidence={"campaign": "Marker-7731-secret"}))
    a_no(caller, evidence={"reference": "Marker-7732-secret", "ip": "203.0.113.77"})
    bounce = {"contact": {"email": ANNA["email"]}, "event": "hard_bounce", "occurred_at": "2026-11-20T12:00:00Z"}
    assert caller.post("/contacts/events", bounce).status_code == 200
    assert "act" in _done(journalled(service.app, tmp_path))
    folder = tmp_path / "journal"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for path in folder.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        text = path.read_bytes()
        for marker in (*ANNA.values(), "600100200", "anna", "Marker-773", "203.0.113.77"):
            assert marker.encode() not in text


def test_what_a_crash_cut_off_is_as_if_it_had_not_been_written(service: Service, tmp_path: Path) -> None:
    caller = many_acts(service, 2)
    entries = journalled(service.app, tmp_path)
    [segment] = Journal(tmp_path / "journal").segments
    data = segment.path.read_bytes()
    lines = data.splitlines(keepends=True)
    segment.path.write_bytes(b"".join(lines[:-4]) + lines[-4][:-7])
    assert Journal(tmp_path / "journal").last_position < entries[-1].n
    a_no(caller, subject=BOB)
    after = journalled(service.app, tmp_path)
    assert [(e.n, e.event_id) for e in after[: len(entries)]] == [(e.n, e.event_id) for e in entries]
    assert [e.n for e in after] == list(range(len(after)))
    assert len(after) > len(entries)


def test_a_journal_that_was_lost_is_written_anew(service: Service, tmp_path: Path) -> None:
    many_acts(service, 2)
    entries = journalled(service.app, tmp_path)
    for path in (tmp_path / "journal").iterdir():
        path.unlink()
    again = journalled(service.app, tmp_path)
    assert [(e.n, e.event_id, e.do) for e in again] == [(e.n, e.event_id, e.do) for e in entries]


def test_a_changed_line_is_refused_and_named(service: Service, tmp_path: Path) -> None:
    many_acts(service, 1)
    journalled(service.app, tmp_path)
    journal = Journal(tmp_path / "journal")
    [segment] = journal.segments
    lines = segment.path.read_bytes().splitlines(keepends=True)
    segment.path.write_bytes(b"".join([lines[0], b'{"n":1}\n', *lines[2:]]))
    with pytest.raises(JournalBroken, match="line 2"):
        list(journal.entries())
    segment.path.write_bytes(b"".join([lines[0], *lines]))
    with pytest.raises(JournalBroken, match="position 0 behind position 0"):
        list(journal.entries())


def test_the_journal_of_another_history_is_not_continued(service: Service, tmp_path: Path) -> None:
    many_acts(service, 1)
    entries = journalled(service.app, tmp_path)
    [segment] = Journal(tmp_path / "journal").segments
    other = Entry(entries[-1].n + 5, entries[0].event_id, 1, b"c" * 32, 1, 1)
    segment.path.write_bytes(segment.path.read_bytes() + other.line())
    size = segment.path.stat().st_size
    journaling = recovery.Journaling(tmp_path / "journal")
    with inside(service.app), pytest.raises(JournalBroken, match="older copy"):
        journaling.turn()
    assert segment.path.stat().st_size == size


def test_files_end_with_the_day_and_past_a_size(
    service: Service, tmp_path: Path, frozen: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller = service.caller()
    caller.record(a_give())
    journalled(service.app, tmp_path)
    frozen.shift(86_400)
    a_no(caller)
    journalled(service.app, tmp_path)
    journal = Journal(tmp_path / "journal")
    assert len(journal.segments) == 2
    monkeypatch.setattr(journal_writer, "LARGEST", 10)
    a_no(caller, subject=BOB)
    entries = journalled(service.app, tmp_path)
    assert len(journal.segments) == 3
    assert [segment.first for segment in journal.segments] == sorted(segment.first for segment in journal.segments)
    assert [e.n for e in entries] == list(range(len(entries)))
    middle = journal.segments[1].first
    assert [e.n for e in journal.entries(middle)] == list(range(middle + 1, len(entries)))


def test_it_is_behind_when_a_leaf_waits_for_a_minute(
    service: Service, tmp_path: Path, frozen: time_machine.Traveller
) -> None:
    many_acts(service, 1)
    settled(service.app, tmp_path)
    with inside(service.app):
        assert recovery.journal_is_current(clock.micros())
    frozen.shift(61)
    with inside(service.app):
        assert not recovery.journal_is_current(clock.micros())
    journalled(service.app, tmp_path)
    with inside(service.app):
        assert recovery.journal_is_current(clock.micros())


def test_a_folder_that_cannot_be_written_is_said_and_harms_nothing(service: Service, tmp_path: Path) -> None:
    many_acts(service, 1)
    settled(service.app, tmp_path)
    (tmp_path / "journal").write_text("not a folder")
    journaling = recovery.Journaling(tmp_path / "journal")
    assert journaling.run(service.app.app_context, threading.Event()) == 0
    with pytest.raises(recovery.JournalUnwritable, match="PRIVACY_JOURNAL_DIR"):
        recovery.ensure_writable(tmp_path / "journal")
    os.unlink(tmp_path / "journal")
    assert [e.n for e in journalled(service.app, tmp_path)]
