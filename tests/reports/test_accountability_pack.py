"""The accountability pack: every report of a period in one archive, which the verifier takes on a bare machine."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from privacy.audit import service as audit
from privacy.audit.models import AuditBody
from privacy.audit.proofs import opened_bodies
from privacy.authz.actors import OPERATOR
from privacy.authz.permissions import Permission
from privacy.db import db, session, unit_of_work
from privacy.errors import InvalidInput, NotPermitted
from privacy.reports import accountability_pack
from privacy.reports import service as reports
from privacy.reports.accountability_pack import ALWAYS, Squeezed
from privacy.reports.service import PACK, Made, ReportForm
from tests.reports.conftest import Laid
from tests.reports.office import asked
from tests.verifier.conftest import Alone

Entries = dict[str, bytes]


def packed(**changes: Any) -> Made:
    return reports.make(asked(PACK.name, ReportForm.ZIP, **changes), actor=OPERATOR)


def entries_of(content: bytes) -> Entries:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        return {name: archive.read(name) for name in archive.namelist()}


def archive_of(entries: Entries) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, raw in entries.items():
            archive.writestr(name, raw)
    return out.getvalue()


def test_it_has_every_report_and_the_verifier_takes_it_and_finds_every_change(laid: Laid, tmp_path: Path) -> None:
    steps: list[tuple[int, int]] = []
    wanted = asked(PACK.name, ReportForm.ZIP, seed="UODO 2026", sample="5")
    found = reports.make(wanted, actor=OPERATOR, progress=lambda done, of: steps.append((done, of)))
    assert steps == [(done, len(ALWAYS) + 1) for done in range(len(ALWAYS) + 2)]
    entries = entries_of(found.content)
    told = json.loads(entries["contents.json"])
    listed = json.loads(entries["manifest.json"])["files"]
    for report in ALWAYS:
        forms = [one for one in told["files"].values() if one["report"] == report.name and "form" in one]
        assert {one["form"] for one in forms} >= {"pdf", "csv", "json"}
    assert "processing_records/processing_records.xlsx" in entries
    assert told["files"].keys() | {"events.jsonl", "contents.json", "README.txt"} == listed.keys()
    assert told["parameters"] == {"seed": "UODO 2026", "sample": "5"}
    assert len(entries["events.jsonl"].splitlines()) == 5
    assert not any(name.startswith(("consent_proof/", "campaign/")) for name in entries)

    alone, key = Alone(tmp_path), str(audit.log_keys()[0].verifier)
    done = alone.run(alone.put("pack.zip", found.content), "--key", key)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "5 events stand in the log" in done.stdout
    assert f"All {len(entries) - 1} files are the ones that were signed" in done.stdout

    first = "consent_statistics/consent_statistics.csv"
    changed = entries[first][:-1] + bytes([entries[first][-1] ^ 1])
    wrong = {
        "changed.zip": (entries | {first: changed}, first),
        "removed.zip": ({name: raw for name, raw in entries.items() if name != first}, first),
        "added.zip": (entries | {"requests/more.csv": b"x"}, "requests/more.csv"),
        "renamed.zip": ({("a.csv" if name == first else name): raw for name, raw in entries.items()}, first),
        "no-events.zip": (entries | {"events.jsonl": b""}, "events.jsonl"),
    }
    for name, (altered, named) in wrong.items():
        done = alone.run(alone.put(name, archive_of(altered)), "--key", key)
        assert done.returncode == 1, name
        assert named in done.stdout, (name, done.stdout)
    # Bytes outside of any file: the archive itself is read strictly.
    for place in range(0, len(found.content), len(found.content) // 25):
        raw = bytearray(found.content)
        raw[place] ^= 0x41
        assert alone.run(alone.put("flipped.zip", bytes(raw)), "--key", key).returncode == 1, place


def test_the_same_data_day_seed_and_checkpoint_are_the_same_bytes_though_the_log_grew(laid: Laid) -> None:
    first = packed(seed="x", sample="3", locale="hr")
    with unit_of_work():
        reports.record_made(first, actor=OPERATOR)
    laid.publish()
    size = json.loads(entries_of(first.content)["contents.json"])["log"]["size"]
    again = packed(seed="x", sample="3", size=str(size), locale="hr")
    assert entries_of(again.content) == entries_of(first.content)
    assert again.content == first.content
    assert "Paket pouzdanosti" in entries_of(first.content)["README.txt"].decode()
    (event,) = session().scalars(sa.select(AuditBody).where(AuditBody.action == "report.made"))
    details = json.loads(opened_bodies([event.event_id])[event.event_id].body)["details"]
    assert (details["report"], details["sha256"]) == (PACK.name, first.sha256)


def test_a_person_and_a_campaign_are_in_it_where_they_are_named_and_the_log_says_so(laid: Laid) -> None:
    options = laid.options("consent_proof") | laid.options("campaign")
    found = packed(sample="1", **options)
    entries = entries_of(found.content)
    assert {"consent_proof/consent_proof.pdf", "campaign/campaign.json"} <= entries.keys()
    told = entries["contents.json"].decode()
    assert options["subject"] not in told
    assert options["reference"] not in told
    with unit_of_work():
        reports.record_made(found, actor=OPERATOR)
    db.session.rollback()
    events = session().scalars(sa.select(AuditBody).where(AuditBody.action == "report.made")).all()
    assert {one.object_id: one.subject_id is not None for one in events} == {
        PACK.name: False,
        "consent_proof": True,
        "campaign": False,
    }
    with pytest.raises(InvalidInput) as raised:
        packed(subject=options["subject"])
    assert list(raised.value.extensions["errors"]) == ["reason"]


def test_whoever_may_not_make_one_of_its_reports_may_not_make_the_pack(laid: Laid) -> None:
    for permission in (Permission.BREACHES_HANDLE, Permission.REGISTERS_READ, Permission.AUDIT_READ):
        actor = replace(OPERATOR, permissions=OPERATOR.permissions - {permission})
        with pytest.raises(NotPermitted):
            reports.make(asked(PACK.name, ReportForm.ZIP), actor=actor)


def test_a_pack_that_would_be_too_large_is_refused_while_it_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accountability_pack, "_LARGEST", 1_000)
    files = Squeezed()
    files.add("a", b"a" * 999)
    assert files["a"] == b"a" * 999
    with pytest.raises(InvalidInput):
        files.add("b", b"bc")
