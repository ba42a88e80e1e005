"""The whole log as files (docs/evidence.md, "Exported log"): whoever has them derives its root alone.

Written as a stream: what is held in memory does not grow with the log.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from uuid import UUID

from privacy.audit import service as audit
from privacy.authz.actors import Actor
from privacy.crypto import canonical
from privacy.db import end_read
from privacy.evidence.failures import PlaceTaken

FORMAT = "privacy-log/v1"
_Opener = Callable[[str], contextlib.AbstractContextManager[IO[bytes]]]


@dataclass(frozen=True)
class ExportedLog:
    """What was written."""

    origin: str
    #: Leaves.
    size: int
    #: Bodies, those that were erased not among them; None where none were asked for.
    bodies: int | None
    #: Root of the tree, in hexadecimal.
    root: str


def record_log_export(*, bodies: bool, actor: Actor) -> UUID:
    """Record that the log is taken, and whether with what the events say; in the open unit of work, before it is."""
    content = {"bodies": bodies}
    return audit.record(
        "evidence.exported", actor=actor, object_type="exported_log", object_id="log", content=content, details=content
    )


def export_log(place: Path, *, bodies: bool, progress: Callable[[int], object] = lambda _done: None) -> ExportedLog:
    """Write the published log to `place`: an archive where its name ends in `.zip`, else a folder.

    With `bodies` also what the events say, as far as it is not erased. `progress` is told each leaf and body. Raises
    `PlaceTaken`, `LogNotOpened`, `CheckpointNotFound`, `LogBroken`. Half of an export never stands under its name.
    """
    ensure_free(place)
    published, origin = audit.newest_checkpoint(), audit.origin()
    head = {
        "format": FORMAT,
        "origin": origin,
        "size": published.size,
        "checkpoint": published.note,
        "endorsements": audit.endorsements(published.size),
    }
    end_read()
    draft = place.with_name(f".{place.name}.part")
    _remove(draft)  # What a killed export left.
    try:
        with _container(draft, archive=place.suffix == ".zip") as opened:
            with opened("log.json") as file:
                file.write(audit.readable(head))
            _write(opened, "leaves.jsonl", audit.leaves(published.size), progress)
            told = None
            if bodies:
                told = _write(opened, "bodies.jsonl", map(canonical.encode, audit.bodies(published.size)), progress)
        draft.rename(place)
    except BaseException:
        _remove(draft)
        raise
    return ExportedLog(origin, published.size, told, published.root.hex())


def lines_to_write(*, bodies: bool) -> int:
    """How many lines an export has now at most, for showing its progress. Raises `CheckpointNotFound`."""
    return audit.newest_checkpoint().size * (2 if bodies else 1)


def ensure_free(place: Path) -> None:
    """Raise `PlaceTaken` where something is there already, or its folder is not."""
    if place.exists() or place.is_symlink():
        raise PlaceTaken.of("output", f"There is something at {place} already. Name another place or remove it.")
    if not place.parent.is_dir():
        raise PlaceTaken.of("output", f"There is no folder {place.parent}. Make it, or name another place.")


def private_file(place: Path) -> IO[bytes]:
    """A new file that only its owner can read; raises `PlaceTaken`."""
    ensure_free(place)
    return os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _remove(draft: Path) -> None:
    if draft.is_dir() and not draft.is_symlink():
        shutil.rmtree(draft)
    else:
        draft.unlink(missing_ok=True)


def _write(opened: _Opener, name: str, lines: Iterator[bytes], progress: Callable[[int], object]) -> int:
    count = 0
    with opened(name) as file:
        for line in lines:
            file.write(line + b"\n")
            count += 1
            progress(1)
    return count


@contextlib.contextmanager
def _container(place: Path, *, archive: bool) -> Iterator[_Opener]:
    """Opens files of a new archive or folder for writing, one after another."""
    if not archive:
        place.mkdir(mode=0o700)
        yield lambda name: private_file(place / name)
        return
    with private_file(place) as file, zipfile.ZipFile(file, "w") as made:

        @contextlib.contextmanager
        def opened(name: str) -> Iterator[Any]:
            # Not the large form of ZIP, which the verifier does not take: its limit is 1 GiB.
            with made.open(audit.entry(name), "w") as inside:
                yield inside

        yield opened
