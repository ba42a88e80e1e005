"""`privacy consent receipt`: a file that its reader verifies alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from privacy.cli.consent_receipt import FORMS
from tests.cli.conftest import Cli
from tests.consent.receipts.desk import verified


def test_each_form_is_written_for_its_owner_and_verifies_alone(cli: Cli, tmp_path: Path) -> None:
    cli("demo", "--people", "20")
    people = cli.json("subject", "explain", "--customer-id", "C-1001", "--json")["people"]
    acts = [act for person in people for act in person["acts"] if act["act"] == "give"]
    assert acts
    for form in FORMS:
        file = tmp_path / f"{form}.pdf"
        said = cli("consent", "receipt", acts[0]["id"], "--form", form, "--locale", "en", "-o", str(file))
        assert str(file) in said
        assert file.stat().st_mode & 0o077 == 0
        found = verified(tmp_path, file.read_bytes(), "pdf" if form == "pdf" else "json", _key())
        assert found.returncode == 0, found.stdout
    again = cli.run("consent", "receipt", acts[0]["id"], "-o", str(file))
    assert again.exit_code == 3, "what is there is not written over"


@pytest.mark.usefixtures("cli")
def test_there_is_no_receipt_of_what_nobody_did(cli: Cli, tmp_path: Path) -> None:
    nobody = "00000000-0000-4000-8000-000000000000"
    assert cli.run("consent", "receipt", nobody, "-o", str(tmp_path / "none.pdf")).exit_code == 5
    assert not (tmp_path / "none.pdf").exists()


def _key() -> str:
    from privacy.audit import service as audit
    from privacy.cli.opening import opened

    with opened():
        return str(audit.log_keys()[0].verifier)
