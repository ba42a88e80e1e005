"""`privacy erasure ...`: somebody is erased by an operator, and what is handed out about it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa

from privacy.audit import service as audit
from privacy.cli.opening import opened
from privacy.db import end_read
from privacy.programme import service as programmes
from tests.cli.conftest import Cli
from tests.cli.state import database, snapshot
from tests.consent.desk import Desk
from tests.rules.source import PACKAGE

PEOPLE = 10
MAIL = "anna.nowak@example.com"
CAUSE = ("--cause", "request 2026/117")


@pytest.fixture
def people(cli: Cli) -> Cli:
    """The command line where the people of the demo are known."""
    cli("demo", "--people", str(PEOPLE))
    return cli


def erase(cli: Cli, *more: str) -> str:
    """Erase customer C-1001 and return the erasure's id."""
    told = cli.json("erasure", "erase", "--customer-id", "C-1001", *CAUSE, *more)
    return str(UUID(told["id"]))


def test_a_rehearsal_tells_what_an_erasure_does_and_changes_nothing(people: Cli) -> None:
    before = snapshot()
    planned = people.json("erasure", "erase", "--email", "-", *CAUSE, "--dry-run", stdin=MAIL)
    assert snapshot() == before
    told = people.json("erasure", "erase", "--email", "-", *CAUSE, stdin=MAIL)
    assert (planned["dry_run"], planned["deleted"]) == (True, told["deleted"])
    assert planned["remains"] == told["remains"]
    assert {entry["what"] for entry in told["remains"]} >= {"journal", "tombstones", "key_backups", "data_backups"}
    assert told["deleted"]["data_subject"] == 1
    assert people.run("subject", "show", "--customer-id", "C-1001").exit_code == 5
    assert people.json("consent", "verify")["ok"] is True


def test_a_page_for_people_names_no_person(people: Cli) -> None:
    shown = people("erasure", "erase", "--customer-id", "C-1001", *CAUSE, "--dry-run")
    assert shown.startswith("Nothing was changed.")
    done = people("erasure", "erase", "--customer-id", "C-1001", *CAUSE)
    [number] = re.findall(r"^Erased: ([0-9a-f-]{36})\.", done)
    seen = people("erasure", "show", number)
    for page in (shown, done, seen):
        assert "consent acts" in page
        assert "Recovery journal" in page
        assert "anna" not in page.casefold()
        assert "600100200" not in page
    assert people.json("erasure", "show", number)["id"] == number


def test_who_was_erased_cannot_be_erased_twice(people: Cli) -> None:
    erase(people)
    again = people.run("erasure", "erase", "--customer-id", "C-1001", *CAUSE)
    assert again.exit_code == 5
    assert "There is no such person." in again.stderr


def test_a_contact_of_several_people_erases_none_of_them(people: Cli) -> None:
    with opened():
        Desk(programmes.current()).put({"customer_id": "C-7777", "email": MAIL})
        end_read()
    before = snapshot()
    done = people.run("erasure", "erase", "--email", "-", *CAUSE, stdin=MAIL)
    assert done.exit_code == 6, done.output
    refs = re.findall(r"[0-9a-f]{8}-[0-9a-f-]{27}", done.stderr)
    assert len(refs) >= 2
    assert MAIL not in done.output
    assert snapshot() == before
    told = people.json("erasure", "erase", "--ref", refs[0], *CAUSE)
    assert "shared_contacts" in {entry["what"] for entry in told["remains"]}


def test_without_suppression_nothing_is_listed(people: Cli) -> None:
    told = people.json("erasure", "erase", "--customer-id", "C-1001", *CAUSE, "--no-suppression")
    assert "suppression" not in {entry["what"] for entry in told["remains"]}
    with database() as connection:
        assert connection.scalar(sa.text("SELECT COUNT(*) FROM suppression WHERE cause = 'erased'")) == 0


def test_the_letter_waits_for_an_address_that_stands_nowhere_in_plain(people: Cli) -> None:
    erase(people, "--letter-locale", "hr")
    with database() as connection:
        assert connection.scalar(sa.text("SELECT COUNT(*) FROM outbox_message WHERE template = 'erasure_letter'")) == 0
    told = people.json(
        "erasure", "erase", "--customer-id", "C-1003", *CAUSE, "--letter-to", "-", stdin="else@example.com"
    )
    with database() as connection:
        waiting = connection.scalar(sa.text("SELECT owner_id FROM outbox_message WHERE template = 'erasure_letter'"))
    assert (UUID(bytes=waiting) if isinstance(waiting, bytes) else waiting) == UUID(told["id"])
    assert "else@example.com" not in json.dumps(told)


def test_a_certificate_and_a_letter_are_written_once_and_verify_alone(people: Cli, tmp_path: Path) -> None:
    number = erase(people)
    folder = tmp_path / "out"
    folder.mkdir()
    shutil.copy(PACKAGE / "audit" / "privacy_verify.py", folder)
    for name, more in (("certificate.json", ()), ("certificate.pdf", ("--pdf", "--locale", "hr"))):
        people("erasure", "certificate", number, *more, "-o", str(folder / name))
    people("erasure", "letter", number, "-o", str(folder / "letter.pdf"))
    taken = people.run("erasure", "letter", number, "-o", str(folder / "letter.pdf"))
    assert taken.exit_code == 3
    assert (folder / "letter.pdf").read_bytes().startswith(b"%PDF")
    assert (folder / "letter.pdf").stat().st_mode & 0o077 == 0
    with opened():
        key = str(audit.log_keys()[0].verifier)
    for name in ("certificate.json", "certificate.pdf"):
        found = subprocess.run(
            [sys.executable, "-I", "privacy_verify.py", name, "--key", key],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=60,
            env={},
            check=False,
        )
        assert found.returncode == 0, found.stdout + found.stderr
        assert MAIL.encode() not in (folder / name).read_bytes()


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("erase", "--customer-id", "C-0", *CAUSE), 5, "There is no such person."),
        (("erase", "--customer-id", "C-1001"), 2, "--cause"),
        (("erase", *CAUSE), 3, "Name the person"),
        (("erase", "--customer-id", "C-1001", "--cause", " "), 3, "Name the request"),
        (("erase", "--customer-id", "C-1001", "--cause", "x" * 501), 3, "500 characters"),
        (("erase", "--customer-id", "C-1001", *CAUSE, "--letter-to", "jan@example.com"), 2, "standard input"),
        (("show", "C-1001"), 2, "UUID"),
        (("show", str(UUID(int=7))), 5, "There is no such erasure."),
        (("certificate", str(UUID(int=7)), "-o", "FILE"), 5, "There is no such erasure."),
        (("letter", str(UUID(int=7)), "-o", "FILE"), 5, "There is no such erasure."),
    ],
)
def test_what_is_asked_wrongly_is_refused_and_changes_nothing(
    people: Cli, tmp_path: Path, arguments: tuple[str, ...], code: int, said: str
) -> None:
    before, file = snapshot(), tmp_path / "out"
    done = people.run("erasure", *(str(file) if one == "FILE" else one for one in arguments))
    assert (done.exit_code, said in done.output.replace("\n", " ")) == (code, True), done.output
    assert snapshot() == before
    assert not file.exists()
