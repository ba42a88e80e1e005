"""The benchmark runs and writes what it promises. Not how fast: a busy machine would fail that."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from bench import chinook

ROOT = Path(__file__).resolve().parent.parent
SHAPE = {
    "name": str,
    "database": str,
    "value": float,
    "unit": str,
    "floor_name": str,
    "floor_value": float,
    "ratio": float,
}


@pytest.mark.timeout(300)
def test_a_small_run_writes_each_figure_beside_its_floor(tmp_path: Path) -> None:
    figures, printed = a_small_run(["check"], tmp_path)
    assert {figure["name"] for figure in figures} >= {"check_http_1_client", "check_http_16_clients", "check_growth"}
    for figure in figures:
        is_whole(figure, printed)
        assert figure["value"] > 0


@pytest.mark.timeout(600)
def test_imports_are_measured_beside_bulk_inserts_live_writers_and_the_limit_of_memory(tmp_path: Path) -> None:
    figures, printed = a_small_run(["import", "import_memory"], tmp_path)
    for database in {figure["database"] for figure in figures}:
        here = {figure["name"]: figure for figure in figures if figure["database"] == database}
        for tool in ("crm", "mailchimp"):
            rows = here[f"import_rows_{tool}"]
            exported = here[f"import_rows_{tool}_of_export"]
            assert rows["value"] > exported["value"]  # A row of an export is several of the database.
            assert rows["ratio"] == pytest.approx(exported["ratio"], abs=0.002)
            assert {f"import_rows_{tool}_again", f"import_rows_{tool}_dry_run"} <= here.keys()
        for clients in ("1_client", "16_clients"):
            assert here[f"import_live_{clients}_p99"]["value"] >= here[f"import_live_{clients}_p50"]["value"]
            assert here[f"import_live_{clients}_failures"]["value"] == 0
    memory = [figure for figure in figures if figure["name"].startswith("import_memory")]
    assert {figure["name"] for figure in memory} == {"import_memory_distinct", "import_memory_repeated"}
    assert all(figure["floor_value"] == 300 for figure in memory)
    for figure in figures:
        is_whole(figure, printed)
        assert (figure["value"] > 0) != figure["name"].endswith("_failures")


@pytest.mark.timeout(600)
@pytest.mark.skipif(not chinook.is_here(), reason=chinook.MISSING)
def test_requests_are_measured_over_three_databases_beside_hand_written_sql(
    tmp_path: Path, postgresql_server: str
) -> None:
    figures, printed = a_small_run(["dsar_access", "dsar_erasure"], tmp_path)
    if not figures:
        pytest.skip(printed)  # It says which server is missing.
    for name in ("dsar_access_chinook", "dsar_erasure_chinook"):
        of_it = [figure for figure in figures if figure["name"].startswith(name)]
        assert {figure["name"].removeprefix(name) for figure in of_it} == {
            "",
            "_2_at_once_1_worker",
            "_2_at_once_2_workers",
        }
        assert {figure["database"] for figure in of_it} == {"sqlite", "postgresql"}
    for figure in figures:
        is_whole(figure, printed)
        assert figure["value"] > 0


@pytest.mark.timeout(300)
def test_growth_of_other_peoples_rows_is_measured(tmp_path: Path) -> None:
    figures, printed = a_small_run(["traversal_growth"], tmp_path)
    assert {figure["name"] for figure in figures} == {"traversal_growth among 5,000"}
    for figure in figures:
        is_whole(figure, printed)
        assert figure["value"] > 0


def a_small_run(measurements: Sequence[str], folder: Path) -> tuple[list[dict[str, Any]], str]:
    """Its figures, and what it printed."""
    results = folder / "results.json"
    environment = os.environ | {"PRIVACY_BENCH_SIZE": "small", "PRIVACY_BENCH_RESULTS": str(results)}
    done = subprocess.run(
        [sys.executable, "-m", "bench", *measurements],
        cwd=ROOT,
        env={name: value for name, value in environment.items() if name != "PROMETHEUS_MULTIPROC_DIR"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(results.read_text()), done.stdout


def is_whole(figure: dict[str, Any], printed: str) -> None:
    assert {name: type(value) for name, value in figure.items()} == SHAPE
    assert figure["database"] in {"sqlite", "postgresql"}
    if figure["floor_value"]:
        assert figure["ratio"] == pytest.approx(figure["value"] / figure["floor_value"], rel=0.05, abs=0.01)
    assert figure["name"] in printed


@pytest.mark.timeout(300)
def test_first_pages_are_measured_beside_a_bare_one(tmp_path: Path) -> None:
    figures, printed = a_small_run(["page_homes"], tmp_path)
    assert {figure["name"].partition(" ")[0] for figure in figures} == {
        *("portal_home_p50", "portal_home_p99", "console_home_p50", "console_home_p99"),
    }
    for figure in figures:
        is_whole(figure, printed)
        assert figure["value"] > 0


@pytest.mark.timeout(300)
def test_statistics_are_measured_beside_counting(tmp_path: Path) -> None:
    figures, printed = a_small_run(["consent_statistics"], tmp_path)
    assert {figure["name"] for figure in figures} >= {
        "consent_statistics of 5,000",
        "consent_statistics of 5,000, recounted",
    }
    for figure in figures:
        is_whole(figure, printed)
