"""A service with a log that publishes, and the verifier as whoever gets the evidence runs it."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from privacy.audit import service as audit
from privacy.db import db
from tests.callers import ANNA, Caller, Service
from tests.rules.source import PACKAGE

BUNDLES = "/audit/bundles"


@dataclass(frozen=True)
class Desk:
    """Somebody who records acts and takes evidence, with a copy of the verifier in an empty folder."""

    service: Service
    caller: Caller
    anchor: audit.Anchor
    folder: Path

    @property
    def app(self) -> Flask:
        return self.service.app

    def publish(self) -> None:
        """What the worker does."""
        with self.app.app_context():
            audit.settle(self.anchor, seconds=10)
            db.session.remove()

    def bundle(self, subject: dict[str, str] | None = None, **asked: Any) -> bytes:
        """The archive about a person, once everything is published."""
        self.publish()
        answer = self.caller.post(BUNDLES, {"subject": subject or ANNA, **asked})
        assert answer.status_code == 200, answer.text
        assert answer.mimetype == "application/zip"
        return answer.data

    def key(self) -> str:
        """The log's first key, as its owner would have given it."""
        with self.app.app_context():
            return str(audit.log_keys()[0].verifier)

    def verify(self, name: str, content: bytes | None = None, options: Sequence[str] = ()) -> dict[str, Any]:
        """What the verifier says of a file in its folder."""
        if content is not None:
            (self.folder / name).write_bytes(content)
        command = [sys.executable, "-I", "privacy_verify.py", name, "--key", self.key(), "--json", *options]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False, env={})
        assert done.returncode in (0, 1), done.stderr
        said: dict[str, Any] = json.loads(done.stdout)
        assert said["ok"] == (done.returncode == 0)
        return said


@pytest.fixture
def desk(service: Service, tmp_path: Path) -> Desk:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    shutil.copy(PACKAGE / "audit" / "privacy_verify.py", folder)
    return Desk(service, service.caller(), audit.Anchor(tmp_path / "log-checkpoint.txt"), folder)


def files_of(archive: bytes) -> dict[str, bytes]:
    """The entries, in order."""
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def lines_of(raw: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in raw.splitlines()]
