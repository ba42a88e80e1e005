"""Where a log says itself that a backup was restored: which bodies went with the database, and which log it follows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from privacy.evidence.last_events import LastEvents


class Breaks:
    """Gathers what the events say, in the order of the log."""

    def __init__(self) -> None:
        #: By the name of a log: what it follows.
        self._follows: dict[str, Mapping[str, Any]] = {}
        self._lost: list[tuple[str, int, int]] = []
        #: For people, once all is gathered.
        self.lines: tuple[str, ...] = ()

    def restored(self, details: Mapping[str, Any]) -> None:
        """An event that declares bodies lost."""
        self._lost.append((details["origin"], details["first"], details["end"]))

    def names_key(self, details: Mapping[str, Any], origin: str) -> bool:
        """Of an event that names a key: whether it is one of this log, not of one that it follows."""
        name = str(details["key"]).partition("+")[0]
        if "follows" in details:
            self._follows[name] = details["follows"]
        return name == origin

    def settle(self, origin: str, gathered: LastEvents) -> None:
        """Tell which leaves are meant: in a log that follows another every leaf stands one place further on."""
        further, name, lines = {origin: 0}, origin, []
        while (follows := self._follows.get(name)) is not None and follows["origin"] not in further:
            further[follows["origin"]] = further[name] + 1
            lines.append(f"Declared: {name} follows {follows['origin']}, last known with {follows['size']} leaves.")
            name = follows["origin"]
        for of, first, end in self._lost:
            step = further.get(of, 0)
            gathered.lost(first + step, end + step)
            lines.append(
                f"Declared: the bodies of leaves {first + step} to {end - 1 + step} went with a lost database."
            )
        self.lines = tuple(lines)
