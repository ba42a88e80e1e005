"""Everything, handed out: complete, readable, verified on a bare machine; whatever was changed in it is named."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from privacy import schema
from privacy.audit import service as audit
from privacy.authz.actors import OPERATOR
from privacy.db import Base, db, session, unit_of_work
from privacy.evidence import service as evidence
from privacy.evidence.exported_tables import EXPORTED, NOT_EXPORTED
from privacy.programme import service as programmes
from privacy.subjects import service as subjects
from tests.callers import ANNA, a_give
from tests.crypto import one_of_each
from tests.evidence.conftest import Desk
from tests.rules import export_page
from tests.rules.source import ROOT


def exported(desk: Desk, name: str = "all", *, before_log: Callable[[], object] = lambda: None) -> evidence.Export:
    """As the command does it; `before_log` happens once the rows are written."""
    settled: list[int] = []

    def settle() -> None:
        if settled:
            before_log()
        settled.append(1)
        audit.settle(desk.anchor, seconds=10)

    with desk.app.app_context():
        tables = evidence.exported_tables()
        counts = {one.exported.file: one.count() for one in tables}
        with unit_of_work():
            evidence.record_export(counts, actor=OPERATOR)
        try:
            return evidence.export_everything(desk.folder / name, tables, settle=settle)
        finally:
            db.session.remove()


def lines(desk: Desk, file: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (desk.folder / "all" / file).read_text("utf-8").splitlines()]


def test_everything_is_there_in_the_clear_and_verifies_alone(desk: Desk) -> None:
    one_of_each.make(desk.service)
    done = exported(desk)
    said = desk.verify("all")
    assert said["ok"], said
    assert (said["kind"], said["failure"]) == ("export", None)
    assert any("rows of acts.jsonl are what the log committed to" in step for step in said["steps"])
    contacts = {line["row"]["value"] for line in lines(desk, "contacts.jsonl")}
    assert contacts >= {ANNA["email"], ANNA["phone"], one_of_each.JAN["email"]}
    assert {line["row"]["value"] for line in lines(desk, "identifiers.jsonl")} >= {"C-1001", "C-1002"}
    given = [line for line in lines(desk, "acts.jsonl") if line["content"]["act"] == "give"]
    assert "autumn 0" in {
        json.loads(line["row"]["evidence"])["campaign"] for line in given if line["row"].get("evidence")
    }
    assert {json.loads(line["row"]["body"])["ip"] for line in lines(desk, "network-evidence.jsonl")} >= {"192.0.2.1"}
    assert {line["row"]["email"] for line in lines(desk, "staff.jsonl")} == {"ewa@example.com", "jan@example.com"}
    assert {line["row"]["reason"] for line in lines(desk, "approvals.jsonl")} == {"a wrong import"}
    states = [line["row"]["facts"] for line in lines(desk, "states.jsonl") if line["row"]["purpose"] == "offers"]
    assert states
    assert all(state["gives"] for state in states)
    assert "klauzula" in (desk.folder / "all" / "programme" / "1.yml").read_text("utf-8")
    assert done.rows["acts.jsonl"] == len(lines(desk, "acts.jsonl")) > 0
    assert done.log_size == len(lines(desk, "log/leaves.jsonl"))


def test_no_key_and_no_code_leaves(desk: Desk) -> None:
    one_of_each.make(desk.service)
    exported(desk)
    with desk.app.app_context():
        codes = [bytes(raw) for (raw,) in session().execute(sa.text("SELECT code_digest FROM confirmation"))]
        secrets = [key.secret for key in one_of_each.keys().values()]
        db.session.remove()
    assert codes
    assert secrets
    assert desk.caller.key
    held = b"".join(path.read_bytes() for path in sorted((desk.folder / "all").rglob("*")) if path.is_file())
    assert desk.caller.key.encode() not in held
    assert not [raw for raw in (*codes, *secrets) if raw in held or raw.hex().encode() in held]
    modes = {stat.S_IMODE(path.stat().st_mode) for path in [desk.folder / "all", *(desk.folder / "all").rglob("*")]}
    assert modes == {0o700, 0o600}


def test_it_is_noted_before_it_is_written_and_the_note_is_in_it(desk: Desk) -> None:
    desk.caller.record(a_give())
    exported(desk)
    bodies = [line["body"] for line in lines(desk, "log/bodies.jsonl")]
    [noted] = [body for body in bodies if body["action"] == "evidence.exported"]
    assert noted["object"] == {"type": "export", "id": "all"}
    assert noted["details"]["rows"]["acts.jsonl"] == 2


def test_what_is_recorded_while_it_is_written_does_no_harm(desk: Desk) -> None:
    desk.caller.record(a_give())

    def meanwhile() -> None:
        desk.caller.record(a_give(act="withdraw", wording=None))
        desk.caller.put("/subjects", {"subject": ANNA, "restricted": True})

    exported(desk, before_log=meanwhile)
    said = desk.verify("all")
    assert said["ok"], said


def test_nobody_who_is_erased_meanwhile_leaves(desk: Desk) -> None:
    alone = {"email": "gone@example.com"}
    assert desk.caller.put("/subjects", {"subject": alone}).status_code == 200

    def meanwhile() -> None:
        with desk.app.app_context():
            programme = programmes.current()
            [known] = subjects.find(subjects.name_of(programme, OPERATOR, alone))
            with unit_of_work():
                subjects.forget_contact_alone(known, actor=OPERATOR, why="nothing is left")
            db.session.remove()

    with pytest.raises(evidence.PeopleErased):
        exported(desk, before_log=meanwhile)
    assert [path.name for path in desk.folder.iterdir()] == ["privacy_verify.py"]
    exported(desk)
    assert desk.verify("all")["ok"]
    assert "gone@example.com" not in (desk.folder / "all" / "contacts.jsonl").read_text()


def _act(folder: Path, change: Callable[[dict[str, Any]], Any]) -> None:
    path = folder / "acts.jsonl"
    first, *rest = path.read_text("utf-8").splitlines(keepends=True)
    changed = change(json.loads(first))
    path.write_text(("" if changed is None else json.dumps(changed) + "\n") + "".join(rest), "utf-8")
    _listed_anew(folder, "acts.jsonl")


def _listed_anew(folder: Path, name: str) -> None:
    """As somebody would who forgets that the list is signed."""
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    raw = (folder / name).read_bytes()
    manifest["files"][name] = {"sha256": hashlib.sha256(raw).hexdigest(), "bytes": len(raw)}
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")


#: What somebody does to an export, and what of it the verifier names.
CHANGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "a row": (
        lambda folder: _act(folder, lambda act: act | {"content": act["content"] | {"act": "withdraw"}}),
        "files",
    ),
    "a file added": (lambda folder: (folder / "more.txt").write_text("x"), "more.txt"),
    "a file missing": (lambda folder: (folder / "contacts.jsonl").unlink(), "contacts.jsonl"),
    "a file changed": (lambda folder: (folder / "contacts.jsonl").write_text("{}\n"), "contacts.jsonl"),
    "a leaf missing": (lambda folder: _cut(folder / "log" / "leaves.jsonl"), "leaves.jsonl"),
    "the manifest": (lambda folder: (folder / "manifest.json").write_text("{}"), "manifest.json"),
    "a link": (lambda folder: _linked(folder / "contacts.jsonl"), "contacts.jsonl"),
}


def _cut(path: Path) -> None:
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))


def _linked(path: Path) -> None:
    path.rename(path.parent.parent / "elsewhere")
    path.symlink_to(path.parent.parent / "elsewhere")


def test_every_change_of_it_is_named(desk: Desk) -> None:
    desk.caller.record(a_give())
    exported(desk, "untouched")
    for name, (change, where) in CHANGES.items():
        shutil.rmtree(desk.folder / "all", ignore_errors=True)
        shutil.copytree(desk.folder / "untouched", desk.folder / "all")
        change(desk.folder / "all")
        said = desk.verify("all")
        assert not said["ok"], name
        assert where in said["failure"]["where"], (name, said["failure"])


#: What the service itself might sign although its rows are not those of the log.
DISHONEST: dict[str, tuple[str, str]] = {
    "UPDATE data_subject SET age_class = 'under_13'": ("people.jsonl", "committed"),
    "UPDATE suppression SET cause = 'list'": ("suppression.jsonl", "committed"),
    "DELETE FROM suppression": ("suppression.jsonl", "missing"),
}


@pytest.mark.parametrize("statement", DISHONEST)
def test_rows_that_are_not_those_of_the_log_do_not_verify_although_they_are_signed(desk: Desk, statement: str) -> None:
    desk.caller.record(a_give())
    assert (
        desk.caller.post("/contacts/events", {"contact": {"email": ANNA["email"]}, "event": "complaint"}).status_code
        == 200
    )
    with desk.app.app_context(), unit_of_work() as current:
        current.execute(sa.text(statement))
    exported(desk)
    said = desk.verify("all")
    file, sentence = DISHONEST[statement]
    assert not said["ok"]
    assert file in said["failure"]["where"]
    assert sentence in said["failure"]["sentence"]


def test_an_open_folder_needs_a_yes_and_nothing_is_replaced(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    with pytest.raises(evidence.PlaceOpen):
        evidence.ensure_private(tmp_path / "all", agreed=False)
    evidence.ensure_private(tmp_path / "all", agreed=True)
    tmp_path.chmod(0o700)
    evidence.ensure_private(tmp_path / "all", agreed=False)
    (tmp_path / "all").mkdir()
    with pytest.raises(evidence.PlaceTaken):
        evidence.ensure_private(tmp_path / "all", agreed=True)


def test_every_table_is_exported_or_has_a_reason_and_every_column_is_described() -> None:
    schema.load_models()
    names = {one.table for one in EXPORTED}
    assert names | NOT_EXPORTED.keys() == Base.metadata.tables.keys()
    assert not names & NOT_EXPORTED.keys()
    described: dict[str, set[str]] = {}
    page = (ROOT / "docs" / "export.md").read_text("utf-8")
    for file, rest in re.findall(r"^### `([\w.-]+)`\n(.*?)(?=^#|\Z)", page, re.MULTILINE | re.DOTALL):
        described[file] = set(re.findall(r"^\| `(\w+)` \|", rest, re.MULTILINE))
    written = {one.exported.file: set(one.columns) for one in evidence.exported_tables()}
    assert described == written
    assert page == export_page.render(), "run: python -m tests.rules.export_page"


def test_a_killed_export_leaves_nothing_under_its_name_and_the_next_one_takes_its_place(desk: Desk) -> None:
    desk.caller.record(a_give())
    with pytest.raises(KeyboardInterrupt):
        exported(desk, before_log=_interrupted)
    assert not (desk.folder / "all").exists()
    (desk.folder / ".all.part").mkdir(mode=0o700)  # As kill -9 leaves it.
    (desk.folder / ".all.part" / "contacts.jsonl").write_text("half")
    exported(desk)
    assert desk.verify("all")["ok"]
    assert not (desk.folder / ".all.part").exists()


def _interrupted() -> None:
    raise KeyboardInterrupt
