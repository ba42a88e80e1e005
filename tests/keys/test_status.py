"""What is under which key, what a destruction would take away, and what the doctor says of it."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa

from privacy.crypto.keyring import KeyUse
from privacy.crypto.owner_keys import WrappingKeyRow
from privacy.recovery import service as recovery
from tests.keys.conftest import PEOPLE, Installation


def keys_of(installation: Installation) -> dict[str, dict[str, Any]]:
    told = installation.cli.json("keys", "status")
    return {f"{key['use']} {key['number']}": key for key in told["keys"]}


def warnings(installation: Installation) -> list[str]:
    found: list[str] = installation.cli.json("keys", "status")["warnings"]
    return found


def a_backup(installation: Installation, kind: recovery.BackupKind, number: int | None) -> str:
    """The manifest of a backup, as `privacy backup` writes it."""
    ring = installation.ring()
    made = recovery.Manifest(
        id=f"{kind.value}-{number}",
        kind=kind,
        made_at=1_790_000_000_000_000,
        ends_at=1_795_000_000_000_000,
        database="sqlite",
        schema="0009_rotation",
        origin="log.example.org",
        log_size=1,
        log_root=bytes(32),
        journal_position=-1,
        ring=str(ring.ring_id),
        numbers={use.value: tuple(ring.numbers(use)) for use in KeyUse},
        version="1",
        size=1,
        sha256="0" * 64,
        sealed_by=recovery.SealedBy(number, "file" if number is None else None, b"wrapped"),
    )
    folder = installation.config.backups_path / kind.value
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{made.id}.json").write_bytes(made.as_bytes())
    return made.id


def test_every_key_is_shown_with_what_is_under_it(installation: Installation) -> None:
    found = keys_of(installation)
    assert set(found) == {f"{use.value} 1" for use in KeyUse}
    assert all(key["current"] for key in found.values())
    assert found["wrap 1"]["under"] == len(installation.versions())
    # An identifier and a contact for each person.
    assert found["index 1"]["under"] == 2 * PEOPLE
    assert (found["sign 1"]["under"], found["suppression 1"]["under"]) == (None, 0)
    text = installation.cli("keys", "status")
    assert str(installation.ring().ring_id) in text
    assert "provider file" in text
    assert f"after {installation.config.key_backup_days} days" in text
    assert not any(secret in text for secret in secrets(installation))


def secrets(installation: Installation) -> list[str]:
    ring = installation.ring()
    return [ring.get(use, number).secret.hex() for use in KeyUse for number in ring.numbers(use)]


def test_a_rotation_that_is_not_finished_shows_here_and_to_the_doctor(installation: Installation) -> None:
    assert warnings(installation) == []
    installation.cli("keys", "rotate", "wrap")
    assert warnings(installation) == []
    installation.run(
        sa.text(
            "UPDATE owner_key SET wrapped_by = 1 WHERE version = 1 AND owner_id = (SELECT min(id) FROM data_subject)"
        )
        if installation.config.on_sqlite
        else sa.text(
            "UPDATE owner_key SET wrapped_by = 1 WHERE owner_id = (SELECT id FROM data_subject ORDER BY id LIMIT 1)"
        )
    )
    [warning] = warnings(installation)
    assert warning == "1 are still under the older wrap key number 1. Run: privacy keys rotate wrap"
    findings = json.loads(installation.cli.run("doctor", "--json").stdout)["findings"]
    assert {"state": "note", "check": "keys", "text": warning} in findings


def test_a_key_that_is_gone_from_the_ring_is_missed(installation: Installation) -> None:
    installation.run(sa.insert(WrappingKeyRow).values(number=7, opened_at=1))
    installation.run(
        sa.text("UPDATE owner_key SET wrapped_by = 7 WHERE owner_id <> (SELECT owner_id FROM audit_body LIMIT 1)")
    )
    assert any("wrap key number 7, which the ring does not have" in one for one in warnings(installation))


def test_the_backups_that_need_a_key_are_named_before_it_goes(installation: Installation) -> None:
    data = a_backup(installation, recovery.BackupKind.DATA, 1)
    kept = a_backup(installation, recovery.BackupKind.KEYS, None)
    found = keys_of(installation)
    assert (found["backup 1"]["backups"], found["wrap 1"]["backups"]) == ([data], [kept])
    for use, backup in (("backup", data), ("wrap", kept)):
        installation.cli("keys", "rotate", use)
        refused = installation.cli.run("keys", "destroy", use, "1")
        assert (refused.exit_code, backup in refused.output) == (6, True), refused.output
        assert 1 in installation.ring().numbers(KeyUse(use))
        assert installation.cli.json("keys", "destroy", use, "1", "--yes")["backups"] == [backup]
        assert installation.ring().numbers(KeyUse(use)) == [2]
    installation.assert_verifies()
