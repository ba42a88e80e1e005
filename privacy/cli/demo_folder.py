"""The folder of a demo: that of an earlier one is made anew, and nobody else's is touched."""

from __future__ import annotations

import shutil
from pathlib import Path

from privacy.errors import Conflict

#: In each folder of a demo: what else lies there may be deleted.
_MARK = ".privacy-demo"


class FolderTaken(Conflict):
    """The folder holds something that no demo put there."""

    code = "demo-folder-taken"


def emptied(folder: Path) -> None:
    """An empty folder with our mark; raises `FolderTaken`."""
    if folder.exists() and any(folder.iterdir()):
        if not (folder / _MARK).exists():
            raise FolderTaken(f"{folder} is not empty and no demo made it: name another with --folder.")
        shutil.rmtree(folder)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    (folder / _MARK).touch()
