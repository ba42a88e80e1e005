"""Imports over the API as a caller meets them, and a worker in this process."""

from __future__ import annotations

import io
import threading
import time
import zipfile
from collections.abc import Callable
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from privacy.consent import service as consent
from privacy.consent.uploads.routes import IMPORT_STORE
from tests.callers import Caller
from tests.consent.importing.exports import KINDS, Export

#: Two cores that others use too: generous, and only reached by a failure, in seconds.
_PATIENCE = 90
T1, T2 = "2024-01-01 10:00:00", "2024-02-01 10:00:00"
WANTED = {
    "file_name": "audience_export.zip",
    "profile": "mailchimp",
    "purpose": "newsletter",
    "wording": {"code": "newsletter"},
}


def zipped(export: Export) -> bytes:
    """The export as its tool packs it."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for kind in KINDS:
            archive.writestr(f"{kind}_members_export.csv", export.text(kind))
    return packed.getvalue()


def a_small_export() -> Export:
    """Three people, one of them gone, and a row that is none."""
    made = Export().subscribed("ewa@example.com", T1, T2).subscribed("=ewa(at)example.com", T1)
    return made.unsubscribed("jan@example.com", T1).cleaned("iza@example.com", T1)


def created(caller: Caller, **changes: Any) -> dict[str, Any]:
    """An import that waits for its file."""
    answer = caller.post("/imports", WANTED | changes)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


def sent(caller: Caller, import_id: str, content: bytes) -> TestResponse:
    """What the file's address answers."""
    return caller.send("PUT", f"/imports/{import_id}/file", content, Content_Type="application/octet-stream")


def queued(caller: Caller, content: bytes, **changes: Any) -> str:
    """The id of an import that waits for a worker."""
    made = created(caller, **changes)
    answer = sent(caller, made["id"], content)
    assert (answer.status_code, answer.get_json()["state"]) == (200, "queued"), answer.text
    return str(made["id"])


def shown(caller: Caller, import_id: str) -> dict[str, Any]:
    """What the import's address shows."""
    answer = caller.get(f"/imports/{import_id}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


def store_of(app: Flask) -> consent.ImportStore:
    """The folder of files of the application."""
    store: consent.ImportStore = app.extensions[IMPORT_STORE]
    return store


def eventually(holds: Callable[[], object]) -> None:
    """Look until it holds, not so often that whoever brings it about is kept from it; fails when patience ends."""
    pause, deadline = threading.Event(), time.monotonic() + _PATIENCE
    while not holds():
        assert time.monotonic() < deadline, "it never came about"
        pause.wait(0.02)


def work(app: Flask) -> int:
    """Be a worker until nothing waits; how many imports came to an end."""
    return consent.run_imports(store_of(app), app.app_context, threading.Event())
