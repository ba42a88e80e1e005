"""Everything, in open formats, for whoever leaves this service (docs/export.md).

A folder of JSON lines, the programme as YAML, the log with what it says and its proofs, and the program that verifies
all of it. Written as a stream into a draft that takes its name at the end: half of an export never stands under it.
"""

from __future__ import annotations

import hashlib
import itertools
import os
import shutil
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any
from uuid import UUID

from privacy import clock
from privacy.audit import service as audit
from privacy.audit.service import AuditedRows
from privacy.authz.actors import Actor
from privacy.crypto import canonical
from privacy.db import Driver, end_read, session
from privacy.evidence.exported_log import ensure_free, export_log, private_file
from privacy.evidence.exported_rows import ExportedRows
from privacy.evidence.exported_tables import EXPORTED
from privacy.evidence.failures import PeopleErased, PlaceOpen
from privacy.programme import service as programmes

FORMAT = "privacy-export/v1"
STATEMENT = "export/v1"
#: Events after which a person's data are gone: what was written of them before must not leave.
_GONE = frozenset({"subject.erased", "subject.forgotten", "subject_key.destroyed"})
_OTHERS_READ = stat.S_IRGRP | stat.S_IROTH | stat.S_IWGRP | stat.S_IWOTH

Progress = Callable[[int], object]


@dataclass(frozen=True)
class Export:
    """What was written."""

    #: Lines of each file of rows.
    rows: Mapping[str, int]
    #: Leaves of the log.
    log_size: int
    origin: str
    files: int


def tables(vouched: tuple[AuditedRows, ...]) -> list[ExportedRows]:
    """Every exported table. `vouched`: those whose rows the log tells of."""
    by_name = {one.model.__tablename__: one for one in vouched}
    return [ExportedRows(one, by_name.get(one.table)) for one in EXPORTED]


def record_export(rows: Mapping[str, int], *, actor: Actor) -> UUID:
    """Record that everything is taken, and how much that is; in the open unit of work, before it is."""
    content = {"rows": dict(rows)}
    return audit.record(
        "evidence.exported", actor=actor, object_type="export", object_id="all", content=content, details=content
    )


def ensure_private(place: Path, *, agreed: bool) -> None:
    """Raise `PlaceTaken` where something is there, `PlaceOpen` where others can read the folder around it.

    `agreed`: whoever asked for it knows.
    """
    ensure_free(place)
    if not agreed and stat.S_IMODE(place.parent.stat().st_mode) & _OTHERS_READ:
        raise PlaceOpen.of(
            "folder",
            f"Others can read or write {place.parent}, and the export holds everybody's data. Choose a folder of your "
            "own (mode 0700), or say that you know with --yes.",
        )


@dataclass
class _Draft:
    """The folder while it is written."""

    folder: Path
    files: dict[str, dict[str, Any]] = field(default_factory=dict)

    def lines(self, name: str, lines: Any, progress: Progress) -> int:
        digest, count, size = hashlib.sha256(), 0, 0
        with private_file(self.folder / name) as file:
            for line in lines:
                raw = canonical.encode(line) + b"\n"
                file.write(raw)
                digest.update(raw)
                size += len(raw)
                count += 1
                progress(1)
        self.files[name] = {"sha256": digest.hexdigest(), "bytes": size}
        return count

    def put(self, name: str, raw: bytes) -> None:
        path = self.folder / name
        path.parent.mkdir(mode=0o700, exist_ok=True)
        with private_file(path) as file:
            file.write(raw)
        self.note(name)

    def note(self, name: str) -> None:
        with (self.folder / name).open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        self.files[name] = {"sha256": digest, "bytes": (self.folder / name).stat().st_size}


def export_everything(
    place: Path,
    exported: list[ExportedRows],
    *,
    settle: Callable[[], object],
    progress: Progress = lambda _done: None,
) -> Export:
    """Write everything to the new folder `place`. Not inside a unit of work; after `record_export` was committed.

    `settle` publishes what is recorded. `progress` is told each line. Raises `PlaceTaken`, `LogNotOpened`,
    `LogBroken`, and `PeopleErased` where somebody was erased meanwhile: what stands then of that person may not leave.
    """
    ensure_free(place)
    folder = place.with_name(f".{place.name}.part")
    shutil.rmtree(folder, ignore_errors=True)  # What a killed export left.
    folder.mkdir(mode=0o700)
    try:
        made = _written(_Draft(folder), exported, settle, progress)
        _durable(folder)
        folder.rename(place)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return made


def _written(draft: _Draft, exported: list[ExportedRows], settle: Callable[[], object], progress: Progress) -> Export:
    settle()
    since = audit.newest_checkpoint().size
    end_read()
    rows = {one.exported.file: draft.lines(one.exported.file, one.lines(), progress) for one in exported}
    newest = programmes.current_number()
    for number in range(1, newest + 1):
        draft.put(f"programme/{number}.yml", programmes.export(number).encode())
    end_read()
    # After the rows, so that the log has every event that made them what they are.
    settle()
    log = export_log(draft.folder / "log", bodies=True, progress=progress)
    _ensure_nobody_was_erased(draft.folder / "log", since)
    for name in ("log.json", "leaves.jsonl", "bodies.jsonl"):
        draft.note(f"log/{name}")
    draft.put("privacy_verify.py", (resources.files("privacy.audit") / "privacy_verify.py").read_bytes())
    draft.put("README.txt", _readme(exported, rows, log.origin).encode())
    told = {
        one.exported.file: {"object_type": one.vouched.object_type, "gone_by": sorted(one.vouched.deletions)}
        for one in exported
        if one.vouched is not None
    }
    _sign(draft, {"files": draft.files, "vouched": told, "rows_from": since})
    return Export(rows, log.size, log.origin, len(draft.files) + 1)


def _sign(draft: _Draft, listed: Mapping[str, Any]) -> None:
    stated = {"type": STATEMENT, "at": clock.isoformat(clock.micros()), "export_sha256": canonical.sha256(dict(listed))}
    manifest = {"format": FORMAT, **listed, "statement": audit.Signer().sign(stated, Driver.of(session()))}
    end_read()
    with private_file(draft.folder / "manifest.json") as file:
        file.write(audit.readable(manifest))


def _ensure_nobody_was_erased(log: Path, since: int) -> None:
    """Raise `PeopleErased` where one of the events from leaf `since` on says so."""
    with (log / "leaves.jsonl").open("rb") as leaves:
        later = {canonical.decode(line.rstrip(b"\n"))["event_id"] for line in itertools.islice(leaves, since, None)}
    if not later:
        return
    with (log / "bodies.jsonl").open("rb") as bodies:
        for line in bodies:
            said = canonical.decode(line.rstrip(b"\n"))
            if said["event_id"] in later and said["body"]["action"] in _GONE:
                raise PeopleErased


def _durable(folder: Path) -> None:
    """The folders as the disk has them; their files are forced to it with them."""
    for path in [*folder.rglob("*"), folder]:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _readme(exported: list[ExportedRows], rows: Mapping[str, int], origin: str) -> str:
    files = [f"  {one.exported.file:<24}{rows[one.exported.file]:>10}  {one.exported.holds}" for one in exported]
    return "\n".join(
        [
            f"Everything that the service of {origin} holds, without its keys.",
            "",
            "Verify it on any machine with Python 3.9 or newer, with the log's key as its owner gave it to you:",
            "",
            "  python3 -I privacy_verify.py . --key KEY",
            "",
            "Every file of rows has one JSON object a line; times are microseconds since 1970 (UTC), ids are UUIDs.",
            "`content` is what the log commits to, `row` what stands beside it. Field by field: docs/export.md.",
            "",
            f"  {'file':<24}{'lines':>10}  what it holds",
            *files,
            "  programme/N.yml                     Each version of the programme",
            "  log/                                The log: leaves, what its events say, the signed checkpoint",
            "  manifest.json                       SHA-256 of every file, signed",
            "  privacy_verify.py                   What verifies; compare its SHA-256 with the published one",
            "",
            "The receipt of an act is made of that act, its wording and notice in programme/, and its event in log/.",
            "This is personal data of everybody in it: keep it where nobody else can read it, and delete it when done.",
            "",
        ]
    )
