"""`privacy retention run ...` on a real database, with the example's systems."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Cli
from tests.retention.old_shop import OldShop


def test_a_run_from_its_counts_to_its_certificate(cli: Cli, tmp_path: Path) -> None:
    shop = OldShop(tmp_path)
    for system in ("shop", "billing"):
        cli("systems", "connect", system, stdin=f"{shop.url(system)}\n")
    shop.orders({1: "2015-03-01", 2: "2016-03-01", 3: None})
    made = cli.json("retention", "run", "prepare", "--rule", "sale", "--system", "shop", "--wait")
    number = made["number"]
    assert (made["state"], made["approvals"]) == ("previewed", 1)
    assert made["counted"]["rules"] == {"sale": 2}
    assert f"{number}: previewed" in cli("retention", "run", "show", number)
    decide = ("retention", "run", "review", number, made["parts"][0]["id"], "--reason", "looked at", "--erase")
    cli(*decide, exit_code=6)  # Nothing of it waits for a person.
    cli(*decide, "--keep-until", "2030-01-31", exit_code=2)
    cli("retention", "run", "approve", number, "--preview", "0" * 64, exit_code=6)
    cli("retention", "run", "approve", number, "--preview", made["preview"])
    cli("retention", "run", "certificate", number, "-o", str(tmp_path / "early.json"), exit_code=6)
    done = cli.json("retention", "run", "start", number, "--wait")
    assert (done["state"], done["done"]["rules"]) == ("done", {"sale": 2})
    assert number in cli("retention", "run", "list")
    file = tmp_path / "certificate.json"
    cli("retention", "run", "certificate", number, "-o", str(file))
    assert json.loads(file.read_text())["format"] == "disposal-certificate/v1"
    cli("retention", "run", "stop", number, exit_code=6)
    cli("retention", "run", "show", "D-2026-9999", exit_code=5)
