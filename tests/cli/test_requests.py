"""`privacy requests ...`: requests recorded, handled and answered on the command line."""

from __future__ import annotations

import json
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Cli

ANNA = {"email": "anna.nowak@example.com", "name": "Anna Nowak", "words": "Proszę o kopię moich danych."}
MAIL = ANNA["email"]


def opened(cli: Cli, *options: str, **given: Any) -> str:
    """Record a request and return its number."""
    body = {"subject": {"email": MAIL}, "words": ANNA["words"], "name": ANNA["name"]} | given
    chosen = options or ("--type", "access", "--intake", "letter")
    found = cli.json("requests", "open", *chosen, stdin=json.dumps({k: v for k, v in body.items() if v is not None}))
    return str(found["number"])


def identified(cli: Cli, number: str) -> Any:
    return cli.json("requests", "identify", number, "--confirmed", "email", "--reason", "signature compared")


def test_a_request_goes_from_receipt_to_refusal(cli: Cli) -> None:
    number = opened(cli)
    assert cli("requests", "identify", number, "--confirmed", "email", "--reason", "seen").startswith(
        f"{number}: access"
    )
    extended = cli.json("requests", "extend", number, "--reason", "nine systems")
    assert extended["extended_at"]
    assert cli.json("requests", "suspend", number, "--reason", "asked which data")["suspended"]
    assert not cli.json("requests", "resume", number)["suspended"]
    refused = cli.json(
        "requests", "refuse", number, "--ground", "12_5_excessive", "--facts", "-", stdin="the fourth in a month\n"
    )
    assert refused["state"] == "answering"
    assert cli.json("requests", "answer", number)["outcome"] == "refused"
    steps = [one["event"] for one in cli.json("requests", "steps", number)["steps"]]
    assert steps == ["received", "identify", "extended", "suspended", "resumed", "refuse", "answer"]
    kinds = [one["kind"] for one in cli.json("requests", "letters", number)["letters"]]
    assert kinds == ["receipt", "extension", "refusal"]


def test_pages_for_people_name_nobody_and_fit_a_terminal(cli: Cli) -> None:
    number = opened(cli, "--type", "automated_decision_review", "--intake", "counter")
    opened(cli, "--type", "access", "--received-at", "2026-01-31T10:00:00+01:00")
    for page in (
        cli("requests", "list"),
        cli("requests", "show", number),
        cli("requests", "steps", number),
        cli("requests", "tasks", number),
    ):
        assert MAIL not in page
        assert "Nowak" not in page
        assert all(len(line) <= 100 for line in page.splitlines()), page
    listed = cli("requests", "list").splitlines()
    assert listed[0].split() == ["NUMBER", "TYPE", "STATE", "RECEIVED", "DUE", "LEFT", "NOMINAL", "ALSO"]
    assert "2026-03-02" in listed[1]
    assert "2026-02-28" in listed[1]
    assert number in listed[2]


def test_what_a_request_holds_is_read_on_purpose(cli: Cli, tmp_path: Path) -> None:
    number = opened(cli)
    assert cli.json("requests", "read", number)["matter"]["words"] == ANNA["words"]
    assert ANNA["words"] in cli("requests", "read", number)
    [receipt] = cli.json("requests", "letters", number)["letters"]
    assert number in cli("requests", "letter", number, receipt["id"])
    cli("requests", "letter", number, receipt["id"], "-o", str(tmp_path / "letter.pdf"))
    assert (tmp_path / "letter.pdf").read_bytes().startswith(b"%PDF-")


def test_lists_are_filtered(cli: Cli) -> None:
    first, second = opened(cli), opened(cli, "--type", "erasure")
    cli("requests", "withdraw", first, "--reason", "by telephone")

    def numbers(*options: str) -> list[str]:
        return [one["number"] for one in cli.json("requests", "list", *options)["requests"]]

    assert numbers() == [second]
    assert sorted(numbers("--all")) == [first, second]
    assert numbers("--state", "withdrawn") == [first]
    assert numbers("--type", "erasure") == [second]
    assert numbers("--due-before", "2020-01-01") == []
    assert cli.run("requests", "list", "--state", "nowhere").exit_code == 3


def test_a_second_person_agrees_by_their_own_key(cli: Cli) -> None:
    key = cli.json("staff", "create", "jan", "--email", "-", stdin="jan@example.com")["key"]
    asked = {"authority": "KMP Poznań", "reference": "RSD 7/26", "legal_basis": "art. 15 KPK", "subject": {}}
    number = opened(cli, "--type", "disclosure", "--term", "P14D", **asked)
    cli("requests", "identify", number, "--reason", "the seal was compared")
    decision = json.dumps({"answer": "We disclose the following."})
    assert cli.json("requests", "grant", number, "--decision", "-", stdin=decision)["state"] == "approving"
    assert cli.run("requests", "approve", number, "--key", key).exit_code == 2
    assert cli.json("requests", "approve", number, "--key", "-", stdin=key)["state"] == "answering"
    assert cli.json("requests", "run")["done"] >= 1
    assert cli.json("requests", "show", number)["outcome"] == "granted"


def test_a_duplicate_is_joined_and_other_steps_are_named(cli: Cli) -> None:
    cli("demo", "--people", "2")
    first, second = opened(cli, subject={"customer_id": "C-1001"}), opened(cli, subject={"customer_id": "C-1001"})
    for number in (first, second):
        cli("requests", "identify", number, "--reason", "seen")
    assert cli.json("requests", "join", second, first)["state"] == "joined"
    assert cli.json("requests", "step", first, "ask-clarification", "--reason", "Which shop?")["state"] == "clarifying"
    assert cli.json("requests", "clarify", first)["state"] == "assessing"
    assert cli.run("requests", "step", first, "nonsense").exit_code == 5
    assert cli.run("requests", "show", "2026/999999").exit_code == 5


@pytest.mark.parametrize("given", ["[]", "{", '{"subject": {"email": "x"}, "nonsense": 1}', ""])
def test_what_is_no_request_is_refused(cli: Cli, given: str) -> None:
    done = cli.run("requests", "open", "--type", "access", stdin=given)
    assert done.exit_code == 3, done.output


def a_mail(sender: str | None, *, html: bool = False, received: bool = True) -> bytes:
    """A mail as a server stores it."""
    mail = EmailMessage()
    if received:
        mail["Received"] = "from relay.example by mx.jarzebina.example; Mon, 02 Nov 2026 10:00:00 +0100"
    if sender is not None:
        mail["From"] = sender
    mail["Subject"] = "Dostęp do danych"
    mail["Date"] = "Mon, 01 Jan 2001 10:00:00 +0100"
    if html:
        mail.set_content("<p>Proszę o <b>kopię</b>.</p><script>alert(1)</script>", subtype="html")
    else:
        mail.set_content("Proszę o kopię moich danych.\n")
    mail.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="dowod.pdf")
    return mail.as_bytes()


def test_mails_become_requests_whose_sender_is_a_claim(cli: Cli, tmp_path: Path) -> None:
    folder = tmp_path / "mails"
    folder.mkdir()
    (folder / "a.eml").write_bytes(a_mail(f"Anna Nowak <{MAIL}>"))
    (folder / "b.eml").write_bytes(a_mail("undisclosed", received=False))
    box = b"".join(
        b"From MAILER Mon Nov  2 10:00:00 2026\nMessage-ID: <%d@mail.example>\n" % number
        + a_mail(MAIL, html=True)
        + b"\n"
        for number in range(2)
    )
    (folder / "old.mbox").write_bytes(box)
    done = cli.run("requests", "import-mail", str(folder), "--type", "access", "--json")
    told = json.loads(done.stdout)
    assert (done.exit_code, len(told["recorded"])) == (1, 3)
    assert [entry["mail"] for entry in told["left"]] == ["b.eml"]
    number = told["recorded"][0]["number"]
    shown = cli.json("requests", "show", number)
    assert (shown["intake"], shown["state"], shown["proof"]) == ("email", "received", "none")
    assert shown["received_at"] == "2026-11-02T09:00:00Z"
    matter = cli.json("requests", "read", number)["matter"]
    assert (matter["name"], matter["named"]) == ("Anna Nowak", [{"kind": "email", "value": MAIL}])
    assert "dowod.pdf" in matter["words"]
    html = cli.json("requests", "read", told["recorded"][1]["number"])["matter"]["words"]
    assert "Proszę o kopię" in html
    assert "alert" not in html


def test_a_mail_is_recorded_once_for_each_right_however_it_is_stored(cli: Cli, tmp_path: Path) -> None:
    unnamed, other = a_mail(MAIL), a_mail("Anna <anna.nowak@example.com>", html=True)
    named = b"Message-ID: <1@mail.example>\n" + a_mail(MAIL)
    # The same name, in other words: whoever knows a mail's name cannot keep it out by it.
    copied = b"Message-ID: <1@mail.example>\n" + other
    folder = tmp_path / "mails"
    folder.mkdir()
    for number, content in enumerate((unnamed, named)):
        (folder / f"{number}.eml").write_bytes(content)

    def imported(path: Path, case_type: str = "access") -> tuple[int, int]:
        told = cli.json("requests", "import-mail", str(path), "--type", case_type)
        return len(told["recorded"]), len(told["known"])

    assert imported(folder) == (2, 0)
    assert imported(folder) == (0, 2)
    moved = b"Received: from archive.example; Tue, 03 Nov 2026 10:00:00 +0100\n" + named
    (folder / "1.eml").write_bytes(moved.replace(b"\n", b"\r\n"))
    assert imported(folder) == (0, 2)
    box = tmp_path / "all.mbox"
    stored = (unnamed, named, copied, copied)
    box.write_bytes(b"".join(b"From MAILER Mon Nov  2 10:00:00 2026\n" + content + b"\n" for content in stored))
    assert imported(box) == (1, 3)
    assert "Recorded before: 4" in cli("requests", "import-mail", str(box), "--type", "access")
    assert imported(box, "erasure") == (3, 1)
    assert len(cli.json("requests", "list")["requests"]) == 6
