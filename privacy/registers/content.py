"""What an entry of the registers says and what it is about. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec


class Content(msgspec.Struct, frozen=True, kw_only=True):
    """What an entry says, as it is sealed."""

    title: str
    answers: dict[str, str] = {}
    participants: list[str] = []
    #: The officer's advice (Art. 35(2)), and the authority's (Art. 36(2)).
    advice: str | None = None
    authority_advice: str | None = None
    #: Why it was decided so, looked at again, or cancelled: the newest.
    reason: str | None = None


@dataclass(frozen=True)
class About:
    """What an entry is about: codes of the programme."""

    activities: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()
    processors: tuple[str, ...] = ()
