"""`privacy demo breach` and `privacy breach drill`: one breach told in full, one rehearsed of which nothing leaves."""

from __future__ import annotations

import email
import email.policy
from pathlib import Path

import pypdf
import pytest

from tests.cli.conftest import Cli


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to stand in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_it_is_opened_scored_notified_told_and_closed(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cli = Cli()
    shown = cli.json("demo", "breach", "--folder", "demo")
    assert (shown["state"], shown["risk"], shown["enisa"]) == ("closed", "high", {"score": "5", "level": "very_high"})
    assert shown["affected"] == sum(shown["letters"].values())
    assert set(shown["letters"]) == {"sent", "told_by_hand"}
    assert shown["ways"]["post"] == 1
    assert shown["verified"]
    folder = here / "demo"
    form = " ".join(page.extract_text() for page in pypdf.PdfReader(folder / "uodo.pdf").pages)
    assert shown["number"] in form
    assert "zgłoszenie kompletne" in form
    assert "do uzupełnienia" not in form
    assert "Czego brakuje" not in form
    assert shown["number"] in (folder / "register.csv").read_text("utf-8-sig")
    sent = [email.message_from_bytes(one.read_bytes(), policy=email.policy.default) for one in _mails(folder)]
    told = [one for one in sent if shown["number"] in str(one["Subject"])]
    assert len(told) == shown["ways"]["email"]
    couples = 5  # Each of two who share an address is told.
    assert len({str(one["To"]) for one in told}) == len(told) - couples
    assert all("PESEL" in one.get_content() for one in told)
    monkeypatch.setenv("PRIVACY_DATA_DIR", str(folder / "privacy"))
    assert cli("audit", "verify", "--full")


def test_it_reads_well_beside_another_installation_and_leaves_what_is_not_its_own(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The settings of an installation lead the demo nowhere else."""
    monkeypatch.setenv("PRIVACY_DATA_DIR", str(here / "var"))
    monkeypatch.setenv("PRIVACY_DATABASE_URL", "postgresql+psycopg://nobody@127.0.0.1:1/none")
    monkeypatch.setenv("PRIVACY_SMTP_URL", "smtps://relay.example.com")
    monkeypatch.setenv("PRIVACY_MAIL_FROM", "rodo@relay.example.com")
    printed = Cli()("demo", "breach", "--folder", "demo")
    for words in ("closed, risk high", "FOUND BY", "register.csv", "VERIFIED", "privacy breach show"):
        assert words in printed
    assert not (here / "var").exists()
    (here / "mine").mkdir()
    (here / "mine" / "letter.txt").write_text("dear diary")
    assert Cli().run("demo", "breach", "--folder", "mine").exit_code == 6
    assert (here / "mine" / "letter.txt").read_text() == "dear diary"


def test_a_drill_is_marked_everywhere_and_nothing_leaves(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRIVACY_DATA_DIR", str(here / "var"))
    cli = Cli()
    cli("init")
    assert "privacy staff create" in cli.run("breach", "drill").output
    cli("staff", "create", "iod", "--email", "-", "--role", "dpo", stdin="iod@example.com\n")
    rehearsed = cli.json("breach", "drill", "--people", "7")
    assert rehearsed["number"].startswith("DRILL-N-")
    steps = [one["step"] for one in rehearsed["steps"]]
    assert (steps[0], steps[-1]) == ("report", "close")
    assert {"opinion", "decision", "notification_initial", "agreed", "letters"} <= set(steps)
    assert all(one["left"] is None or 0 < one["left"] <= 72 * 3_600_000_000 for one in rehearsed["steps"])
    told = cli.json("breach", "communication", "show", rehearsed["number"])
    assert (told["rehearsal"], told["letters"]) == (True, {"rehearsed": 7})
    assert all(one["subject"].startswith("[") for one in _previews(cli, rehearsed["number"]))
    assert cli.json("outbox", "list") == []
    cli("breach", "register", "--format", "csv", "-o", "register.csv")
    assert "DRILL" not in (here / "register.csv").read_text("utf-8-sig")
    assert cli("audit", "verify", "--full")


def test_a_list_is_read_in_either_form_and_its_bad_lines_are_named_by_number(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRIVACY_DATA_DIR", str(here / "var"))
    cli = Cli()
    cli("init")
    number = cli.json("breach", "open", "--rehearsal", stdin="{}")["number"]
    (here / "people.csv").write_text("email;customer_id\na@example.com;\n;C-1\nb@example.com;C-2;x\n\nc@example.com;\n")
    (here / "people.ndjson").write_text('{"email": "A@example.com"}\n{"email": 1}\n' + "{" * 70_000 + "\n")
    first = cli.json("breach", "affected", number, "--list", "people.csv")
    assert (first["affected"], [one["line"] for one in first["rejected"]]) == (2, [3, 4])
    second = cli.json("breach", "affected", number, "--list", "people.ndjson")
    assert (second["affected"], [one["line"] for one in second["rejected"]]) == (2, [2, 3])
    assert "example.com" not in cli("breach", "affected", number)


def _previews(cli: Cli, number: str) -> list[dict[str, str]]:
    return list(cli.json("breach", "communication", "preview", number)["previews"])


def _mails(folder: Path) -> list[Path]:
    return sorted((folder / "mail").iterdir())
