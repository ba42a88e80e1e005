"""Receipts over HTTP, and the verifier as its user has it: one file, alone in a folder, under `python -I`."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from privacy.audit import service as audit
from privacy.db import db
from tests.callers import Caller
from tests.rules.source import PACKAGE

ISO, DPV, PDF = "application/json", "application/ld+json", "application/pdf"
KANTARA = "application/vnd.kantara.consent-receipt+json;version=1.1"
ENDINGS = {ISO: "json", DPV: "jsonld", KANTARA: "json", PDF: "pdf"}


def published(app: Flask, anchor: Path) -> str:
    """Sequence and publish what is recorded; returns the key to pin."""
    with app.app_context():
        audit.settle(audit.Anchor(anchor), seconds=10)
        key = str(audit.log_keys()[0].verifier)
        db.session.remove()
    return key


def asked(caller: Caller, record: str, accept: str = ISO, path: str = "", **headers: str) -> TestResponse:
    """A receipt as somebody asks for it."""
    return caller.get(f"/consents/{record}/receipt{path}", Accept=accept, **headers)


def told(caller: Caller, record: str, accept: str = ISO, path: str = "", **headers: str) -> dict[str, Any]:
    """The receipt as JSON."""
    answer = asked(caller, record, accept, path, **headers)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json(force=True)
    return found


def verified(folder: Path, content: bytes, ending: str, key: str) -> subprocess.CompletedProcess[str]:
    """What a copy of the verifier says of one file."""
    shutil.copy(PACKAGE / "audit" / "privacy_verify.py", folder / "privacy_verify.py")
    name = f"receipt.{ending}"
    (folder / name).write_bytes(content)
    command = [sys.executable, "-I", "privacy_verify.py", name, "--key", key]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, env={}, check=False)
