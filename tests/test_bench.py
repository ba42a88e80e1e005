"""The benchmark runs and writes what it promises. Not how fast: a busy machine would fail that."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

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
    results = tmp_path / "results.json"
    environment = os.environ | {"PRIVACY_BENCH_SIZE": "small", "PRIVACY_BENCH_RESULTS": str(results)}
    done = subprocess.run(
        [sys.executable, "-m", "bench", "check"],
        cwd=ROOT,
        env={name: value for name, value in environment.items() if name != "PROMETHEUS_MULTIPROC_DIR"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    figures = json.loads(results.read_text())
    assert {figure["name"] for figure in figures} >= {"check_http_1_client", "check_http_16_clients", "check_growth"}
    for figure in figures:
        assert {name: type(value) for name, value in figure.items()} == SHAPE
        assert figure["database"] in {"sqlite", "postgresql"}
        assert figure["value"] > 0
        assert figure["ratio"] == pytest.approx(figure["value"] / figure["floor_value"], rel=0.05, abs=0.01)
        assert figure["name"] in done.stdout
