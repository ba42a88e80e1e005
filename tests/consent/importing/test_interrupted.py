"""Killed at any row and run again, an import ends where it would have; and it holds no live writer up for long."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from flask import Flask

from privacy import clock
from privacy.authz.actors import OPERATOR
from privacy.consent import service as consent
from privacy.consent.importing import chunks
from privacy.consent.importing.recorder import Portion
from privacy.crypto.keyring import Keyring
from privacy.db import unit_of_work
from privacy.errors import Unavailable
from privacy.programme import service as programmes
from privacy.subjects import service as subjects
from tests.consent.importing.conftest import by_hand, import_it, reasons, rows_of
from tests.consent.importing.exports import Export, a_dirty_export
from tests.databases import Database
from tests.rules.source import ROOT
from tests.sizes import size

T1, T2 = "2024-01-01 10:00:00", "2024-02-01 10:00:00"
STATE = ("consent_act", "consent_fact", "suppression", "data_subject", "subject_contact", "audit_event")


@pytest.mark.usefixtures("installed")
def test_killed_anywhere_and_run_again_it_ends_the_same(database: Database, ring: Keyring, tmp_path: Path) -> None:
    folder = a_dirty_export(60).write(tmp_path / "export")
    expected = by_hand(folder)
    whole = import_it(folder, dry_run=True)
    ring.save(tmp_path / "keyring.json")
    chance = random.Random(os.getpid())
    ends = [_import_and_die(database, tmp_path, folder, after=chance.randrange(15)) for _ in range(size("kills"))]
    # After many kills there may be nothing left to be killed at.
    assert ends[0] == -signal.SIGKILL
    assert set(ends) <= {-signal.SIGKILL, 0}
    rest = import_it(folder)
    assert reasons(expected) == expected
    assert rest.acts_known + rest.acts_recorded == whole.acts_known + whole.acts_recorded
    kept = rows_of(*STATE)
    # Nothing twice: an act for each that the files hold, and an event for each row that was made.
    assert kept["consent_act"] == whole.acts_recorded
    assert kept["data_subject"] == len(expected) - _only_suppressed(folder)
    assert [found for _, found in consent.verify() if found] == []
    assert import_it(folder).acts_recorded == 0
    assert rows_of(*STATE) == kept


def _import_and_die(database: Database, tmp_path: Path, folder: Path, *, after: int) -> int:
    command = [sys.executable, "-m", "tests.consent.importing.killed_import"]
    arguments = [database.url, str(tmp_path / "keyring.json"), str(folder), str(after)]
    return subprocess.run([*command, *arguments], cwd=ROOT, check=False, capture_output=True, timeout=60).returncode


def _only_suppressed(folder: Path) -> int:
    """Addresses of which nothing is known but that mail to them came back: nobody is made for these."""
    from tests.consent.importing.naive import addresses

    return len(addresses(folder, "cleaned") - addresses(folder, "subscribed") - addresses(folder, "unsubscribed"))


@pytest.mark.usefixtures("installed")
def test_no_unit_of_work_takes_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Units grow and shrink with what they cost; here a hundredth of the limit is wanted, and each is small."""
    sizes: list[int] = []
    unit = chunks._unit

    def measured(chunk: list[Portion], *rest: object, **more: object) -> object:
        sizes.append(len(chunk))
        return unit(chunk, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(chunks, "_unit", measured)
    monkeypatch.setattr(chunks, "TARGET", 2_000)
    folder = a_dirty_export(60).write(tmp_path / "export")
    import_it(folder)
    assert sum(sizes) == len(by_hand(folder))
    assert max(sizes) <= 8


def test_withdrawals_get_their_turn_while_an_import_runs(installed: Flask, tmp_path: Path) -> None:
    """Each is committed long before the import ends, and none is lost."""
    made = Export()
    for number in range(300):
        made.subscribed(f"osoba{number}@example.com", T1, T2)
    folder = made.write(tmp_path / "export")
    started, over = threading.Event(), threading.Event()
    waited: list[int] = []

    def withdraw() -> None:
        started.wait()
        with installed.app_context():
            for number in range(0, 300, 10):
                before = clock.micros()
                with unit_of_work():
                    _withdraw(f"osoba{number}@example.com")
                waited.append(clock.micros() - before)
                if over.is_set():
                    break

    live = threading.Thread(target=withdraw)
    live.start()
    import_it(folder, on_progress=lambda stage, _done, _of: started.set() if stage is consent.Stage.RECORDING else None)
    over.set()
    live.join()
    found = reasons(f"osoba{number}@example.com" for number in range(300))
    withdrawn = [address for address, reason in found.items() if reason == "withdrawn"]
    assert len(withdrawn) == len(waited) > 1
    assert set(found.values()) == {"withdrawn", "given"}
    # The limit of one unit, many times over: other tests use the machine too.
    assert sorted(waited)[len(waited) // 2] < 2_000_000


def _withdraw(address: str) -> None:
    programme = programmes.current()
    act = consent.ActIn(
        naming=subjects.name_of(programme, OPERATOR, {"email": address}),
        act=consent.ActKind.WITHDRAW,
        source=consent.Source("shop", None, "one_click"),
        purpose="newsletter",
        channels=["email"],
    )
    consent.record(act, actor=OPERATOR, programme=programme)


@pytest.mark.usefixtures("installed")
def test_a_locked_database_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    failures = iter([True, True, False, True])
    unit = chunks._unit

    def sometimes(*arguments: object, **more: object) -> object:
        if next(failures, False):
            raise Unavailable
        return unit(*arguments, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(chunks, "_unit", sometimes)
    folder = Export().subscribed("ewa@example.com", T1, T2).write(tmp_path / "export")
    assert import_it(folder).acts_recorded == 2
    failures = iter([True] * 10)
    with pytest.raises(Unavailable):
        import_it(Export().subscribed("jan@example.com", T1, T2).write(tmp_path / "export"))
