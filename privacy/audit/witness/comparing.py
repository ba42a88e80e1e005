"""Compare what several witnesses cosigned, or several people were shown, of one log. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from privacy.audit.checkpoint import Checkpoint, verify_checkpoint
from privacy.audit.note import VerifierKey
from privacy.errors import InvalidInput


class Verdict(StrEnum):
    """What may be concluded."""

    SAME = "same"  # one size, one root
    FORK = "fork"  # two roots of one size, both signed by the log
    UNDECIDED = "undecided"  # only different sizes, which need a consistency proof


@dataclass(frozen=True)
class Comparison:
    """The verdict, with each checkpoint by where it comes from."""

    verdict: Verdict
    text: str
    checkpoints: tuple[tuple[str, Checkpoint], ...]
    #: The size at which the log forked, or the one that all have; None where nothing may be concluded.
    size: int | None


def compared(unverified: Sequence[tuple[str, bytes]], keys: Sequence[VerifierKey]) -> Comparison:
    """Compare checkpoints, each verified with the log's keys first; raises `InvalidInput` and `NoteInvalid`.

    Two roots of one size under the log's own signature convict the log, whoever kept them.
    """
    if len({key.name for key in keys}) != 1:
        raise InvalidInput.of("log", "All keys must be of one log, so have one name.")
    checkpoints = tuple((source, verify_checkpoint(note, keys[0].name, keys)[0]) for source, note in unverified)
    first: dict[int, tuple[str, Checkpoint]] = {}
    for source, checkpoint in checkpoints:
        other, seen = first.setdefault(checkpoint.size, (source, checkpoint))
        if seen.root != checkpoint.root:
            text = f"FORK: at size {seen.size} the log signed two histories, in {other} and in {source}. Keep both."
            return Comparison(Verdict.FORK, text, checkpoints, seen.size)
    if len(first) == 1:
        (size,) = first
        return Comparison(Verdict.SAME, f"One history: the same root at size {size}.", checkpoints, size)
    sizes = ", ".join(map(str, sorted(first)))
    text = (
        f"Undecided: the sizes differ ({sizes}). Compare again when they are equal, or have the log prove consistency."
    )
    return Comparison(Verdict.UNDECIDED, text, checkpoints, None)
