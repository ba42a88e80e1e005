"""Checkpoints (C2SP tlog-checkpoint): which log, how many leaves, which root; the text of a signed note."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from dataclasses import dataclass

from privacy.audit import merkle
from privacy.audit.note import Note, NoteInvalid, SigningKey, VerifierKey, is_name, sign

#: No leading zero, no sign, ASCII digits: `int()` alone would take "+7", " 7" and "1_0".
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
_ROOT = re.compile(r"[A-Za-z0-9+/]{43}=")


@dataclass(frozen=True)
class Checkpoint:
    """The state of a log at one size."""

    origin: str
    size: int
    root: bytes

    def __str__(self) -> str:
        """The text that is signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"

    @classmethod
    def parse(cls, text: str) -> Checkpoint:
        """The checkpoint that a note's text states. Raises `NoteInvalid`; extension lines are not taken."""
        lines = text.split("\n")
        if len(lines) != 4 or lines[3]:
            raise NoteInvalid("A checkpoint has three lines: origin, size, root.")
        origin, size, root = lines[:3]
        if not is_name(origin):
            raise NoteInvalid("The origin of the checkpoint is no name.")
        if not _SIZE.fullmatch(size) or int(size) > merkle.LARGEST:
            raise NoteInvalid("The size in the checkpoint is not a number as it must be written.")
        if not _ROOT.fullmatch(root):
            raise NoteInvalid("The root in the checkpoint is not 32 bytes in base64.")
        checkpoint = cls(origin, int(size), base64.b64decode(root, validate=True))
        if str(checkpoint) != text:
            raise NoteInvalid("The root in the checkpoint is not in canonical base64.")
        if checkpoint.size == 0 and checkpoint.root != merkle.EMPTY_ROOT:
            raise NoteInvalid("The checkpoint of an empty log has another root.")
        return checkpoint

    def signed(self, *keys: SigningKey) -> Note:
        """The note over this checkpoint."""
        return sign(str(self), keys)


def verify_checkpoint(
    unverified: str | bytes, origin: str, keys: Iterable[VerifierKey]
) -> tuple[Checkpoint, list[VerifierKey]]:
    """The checkpoint of that log and the keys that signed it. Raises `NoteInvalid`.

    1. The note is well-formed. 2. At least one of the keys signed it, and none of their signatures fails. 3. Its text
    is a checkpoint. 4. It is of the log that is asked for, not of another one that a key signs too (CVE-2022-39199).
    THE CALLER must know origin and keys from elsewhere.
    """
    note = Note.parse(unverified)
    signed = note.verify(keys)
    checkpoint = Checkpoint.parse(note.text)
    if checkpoint.origin != origin:
        raise NoteInvalid("The checkpoint is of another log.")
    return checkpoint, signed
