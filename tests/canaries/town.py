"""A service as real processes in a folder of its own, and every place where something of a person could have stayed."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from privacy.crypto import keyring
from privacy.crypto.keyring import Keyring, KeyUse
from privacy.db import db
from tests.canaries.hunt import files_below, tables_of, written_out
from tests.canaries.markers import Person
from tests.cli.running import PROGRAM, Service
from tests.crypto import one_of_each
from tests.databases import Database, bare_app
from tests.outbox.relay import Relay

_PATIENCE = 60


@dataclass
class Town:
    """Where the people live whose data must not be found."""

    service: Service
    folder: Path
    database: Database
    people: list[Person]
    #: The URL of an empty database to restore to.
    target: str
    #: Takes the letters that go out by e-mail.
    relay: Relay
    #: Keys that were handed out; as secret as a person's data.
    keys: list[str] = field(default_factory=list)
    #: Every unwrapped key that there ever was: the installation's and people's, also those that are gone by now.
    secrets: set[bytes] = field(default_factory=set, repr=False)
    #: Files of processes that lived only while a command ran: its arguments and environment.
    processes: dict[str, bytes] = field(default_factory=dict)

    @property
    def requested(self) -> Path:
        """Where what an operator asked for is written."""
        return self.folder / "requested"

    @property
    def journal(self) -> Path:
        """What the worker writes for a restore."""
        return self.service.data_dir / "journal"

    def ask(self, method: str, path: str, body: Any = None, /, **headers: str) -> tuple[int, bytes]:
        """One request, with the first key where no other is given; bytes are sent as they are."""
        given = {"Content-Type": "application/json", **{name.replace("_", "-"): one for name, one in headers.items()}}
        given.setdefault("Authorization", f"Bearer {self.keys[0]}")
        raw = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        connection = http.client.HTTPConnection("127.0.0.1", self.service.port, timeout=_PATIENCE)
        with contextlib.closing(connection):
            connection.request(method, path, raw, {name: one.encode().decode("latin-1") for name, one in given.items()})
            answer = connection.getresponse()
            return answer.status, answer.read()

    def as_staff(self, number: int) -> dict[str, str]:
        """The header by which one of the colleagues is known, whose keys were handed out after the first one."""
        return {"Authorization": f"Bearer {self.keys[1 + number]}"}

    def must(self, status: int, method: str, path: str, body: Any = None, /, **headers: str) -> Any:
        """The JSON of an answer that must have that status."""
        found, raw = self.ask(method, path, body, **headers)
        assert found == status, (method, path, found, raw)
        return json.loads(raw) if raw else None

    def run(self, *arguments: str, stdin: str = "", **environ: str) -> str:
        """One command of the real program, whose own arguments and environment are looked at while it runs."""
        code, out, error = self.tried(*arguments, stdin=stdin, **environ)
        assert code == 0, (arguments, code, error)
        return out

    def tried(self, *arguments: str, stdin: str = "", **environ: str) -> tuple[int, str, str]:
        """The same for a command that may fail: exit code, output, and what it said beside."""
        with subprocess.Popen(
            [PROGRAM, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=self.folder,
            env=os.environ | environ,
        ) as process:
            self._look_at(process.pid, " ".join(arguments[:2]))
            out, error = process.communicate(stdin, timeout=_PATIENCE)
        with (self.folder / "commands.log").open("a") as log:
            log.write(error)
        return process.returncode, out, error

    def begin(self, *arguments: str) -> Callable[[], str]:
        """Start a command and go on; call what is returned to wait for its end."""
        done: list[tuple[int, str, str]] = []
        thread = threading.Thread(target=lambda: done.append(self.tried(*arguments)))
        thread.start()

        def ended() -> str:
            thread.join()
            [(code, out, error)] = done
            assert code == 0, (arguments, code, error)
            return out

        return ended

    def look_at_the_service(self) -> None:
        """Arguments and environment of every process of the service."""
        assert self.service.process
        for pid in [self.service.process.pid, *self.service.family()]:
            self._look_at(pid, "service")

    def _look_at(self, pid: int, name: str) -> None:
        for part in ("cmdline", "environ"):
            with contextlib.suppress(OSError):
                self.processes[f"{part} of {name} ({pid})"] = _of_process(pid, part)

    def remember_keys(self) -> None:
        """Note every key that is there now, unwrapped."""
        ring = Keyring.load(self.service.data_dir / "keyring.json")
        keyring.install(ring)
        self.secrets |= {ring.get(use, number).secret for use in KeyUse for number in ring.numbers(use)}
        app = bare_app(self.database)
        with app.app_context():
            self.secrets |= {key.secret for key in one_of_each.keys().values()}
            db.session.remove()
            db.engine.dispose()

    def places(self, server: Path | None) -> dict[str, bytes]:
        """Everything: files, tables, the server's own files, processes."""
        found = files_below(self.folder) | self.processes
        if server is not None:
            written_out(self.database.url)
            found |= tables_of(self.database.url) | tables_of(self.target) | files_below(server)
        return {name: data for name, data in found.items() if data}


def _of_process(pid: int, part: str) -> bytes:
    """What stands in a process's file. It is empty for a moment while the program is being put in place."""
    deadline = time.monotonic() + _PATIENCE
    while not (found := Path(f"/proc/{pid}/{part}").read_bytes()):
        assert time.monotonic() < deadline, f"a process without {part}"
        os.sched_yield()
    return found


@contextlib.contextmanager
def a_town(folder: Path, database: Database, target: str, people: list[Person], relay: Relay) -> Iterator[Town]:
    """A prepared and running service; nothing of it is left running afterwards. The environment is the caller's."""
    for name in ("var", "tmp", "home", "requested"):
        (folder / name).mkdir(mode=0o700, exist_ok=True)
    service = Service(folder)
    try:
        service.start()
        key = (service.data_dir / "first-key").read_text().strip()
        yield Town(service, folder, database, people, target, relay, [key])
    finally:
        service.kill_everything()


def settings(folder: Path, url: str, relay: Relay) -> dict[str, str]:
    """The environment in which everything that is written stays below the folder."""
    return {
        "PRIVACY_DATA_DIR": str(folder / "var"),
        "PRIVACY_DATABASE_URL": url,
        "PRIVACY_LOG_LEVEL": "DEBUG",
        "PRIVACY_LOG_FORMAT": "json",
        "PRIVACY_AUDIT_SINK": f"file:{folder / 'sink.log'}",
        "PRIVACY_SMTP_URL": relay.url,
        "PRIVACY_SMTP_CA_FILE": str(relay.ca_file),
        "PRIVACY_MAIL_FROM": "iod@jarzebina.example",
        "TMPDIR": str(folder / "tmp"),
        "HOME": str(folder / "home"),
        "SQLITE_TMPDIR": str(folder / "tmp"),
    }
