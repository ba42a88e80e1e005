"""As much of a programme as the meaning of old consents needs, from its plain document."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from tests.consent.importing.naive.told import WARSAW

PROOFS = ("staff_claim", "recorded", "own_act")


@dataclass(frozen=True)
class Purpose:
    """A marketing purpose."""

    code: str
    channels: frozenset[str]
    months: int | None
    least: str
    double_opt_in: bool


@dataclass(frozen=True)
class Rules:
    """Purposes, what each channel needs, and when each wording was in force."""

    purposes: Mapping[str, Purpose]
    #: The sort of contact that a channel needs.
    needs: Mapping[str | None, str | None]
    #: By code and version: from, until (None: in force) and the purposes.
    wordings: Mapping[tuple[str, str], tuple[date, date | None, frozenset[str]]]

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Rules:
        """From the programme as YAML has it."""
        return cls(
            {p["code"]: _purpose(p) for p in document["purposes"] if p["class"] == "marketing"},
            {None: None} | {c["code"]: c.get("contact_kind") for c in document["channels"]},
            {(w["code"], str(w["version"])): _period(w) for w in document["wordings"]},
        )

    def proven(self, wording: tuple[str, str | None] | None, purpose: str, at: datetime) -> bool:
        """Whether that wording was about the purpose and in force on the day."""
        if wording is None:
            return False
        code, version = wording
        day = at.astimezone(WARSAW).date()
        return any(
            code == known and version in {None, number} and first <= day <= (until or day) and purpose in about
            for (known, number), (first, until, about) in self.wordings.items()
        )

    def ends(self, purpose: str, given: datetime) -> datetime | None:
        """When a consent ends: the same day and time so many months on."""
        months = self.purposes[purpose].months
        if months is None:
            return None
        wall = given.astimezone(WARSAW)
        year, month = divmod(wall.year * 12 + wall.month - 1 + months, 12)
        last = calendar.monthrange(year, month + 1)[1]
        return wall.replace(year=year, month=month + 1, day=min(wall.day, last), fold=0)


def _purpose(p: Mapping[str, Any]) -> Purpose:
    validity = p.get("validity")
    return Purpose(
        p["code"],
        frozenset(p["channels"]),
        int(validity.removeprefix("P").removesuffix("M")) if validity else None,
        p["least_proof"],
        p.get("double_opt_in", False),
    )


def _period(w: Mapping[str, Any]) -> tuple[date, date | None, frozenset[str]]:
    until = w.get("valid_until")
    return _day(w["valid_from"]), _day(until) if until else None, frozenset(w["purposes"])


def _day(value: date | str) -> date:
    return date.fromisoformat(str(value))
