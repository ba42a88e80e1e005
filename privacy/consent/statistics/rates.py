"""The rates of the statistics, each a fraction of whole numbers. Pure; the formulas stand in `docs/statistics.md`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from privacy.consent.acts import ActKind
from privacy.consent.statistics.counting import BEGUN, ENDED, Standing

#: Yes and no, where somebody had the choice.
_YES = (ActKind.GIVE.value, ActKind.REQUEST.value)


@dataclass(frozen=True)
class Tally:
    """What was counted in one place (a period, a purpose, a source) and the rates that follow from it."""

    #: Acts by kind: those that count, those without effect, those annulled.
    acts: Mapping[str, int]
    without_effect: int
    annulled: int
    begun: int
    ended: int
    #: Consents that stood when the period began; None where that says nothing, as of one source.
    stood_before: int | None = 0

    @property
    def stands_after(self) -> int | None:
        """Consents that stand when the period ends; None where it is not known how many stood before."""
        return None if self.stood_before is None else self.stood_before + self.begun - self.ended

    @property
    def opt_in_rate(self) -> Fraction | None:
        """Of those who were offered the choice, the part that said yes; None where nobody was."""
        yes = sum(self.acts.get(kind, 0) for kind in _YES)
        return _part(yes, yes + self.acts.get(ActKind.REFUSE.value, 0))

    @property
    def withdrawal_rate(self) -> Fraction | None:
        """Of the consents that stood at any time of the period, the part that was taken back; None where none stood."""
        return None if self.stood_before is None else _part(self.ended, self.stood_before + self.begun)

    @property
    def confirmation_rate(self) -> Fraction | None:
        """Of the requests of a double opt-in that are on record, the part that was confirmed."""
        asked = self.acts.get(ActKind.REQUEST.value, 0)
        return _part(min(self.acts.get(ActKind.CONFIRM.value, 0), asked), asked)

    @classmethod
    def of(cls, counts: Iterable[tuple[str, str, int]], *, stood_before: int | None = 0) -> Tally:
        """From what was counted, its standing and how often."""
        acts: Counter[str] = Counter()
        turns: Counter[str] = Counter()
        apart: Counter[str] = Counter()
        for counted, standing, number in counts:
            if counted in {BEGUN, ENDED}:
                turns[counted] += number
            elif standing == Standing.EFFECTIVE.value:
                acts[counted] += number
            else:
                apart[standing] += number
        return cls(
            acts=+acts,
            without_effect=apart[Standing.NO_EFFECT.value],
            annulled=apart[Standing.ANNULLED.value],
            begun=turns[BEGUN],
            ended=turns[ENDED],
            stood_before=stood_before,
        )

    def as_json(self) -> dict[str, Any]:
        """Whole numbers, and rates in per cent to one place; null where there is nothing to divide by."""
        return {
            "acts": dict(sorted(self.acts.items())),
            "without_effect": self.without_effect,
            "annulled": self.annulled,
            "begun": self.begun,
            "ended": self.ended,
            "stood_before": self.stood_before,
            "stands_after": self.stands_after,
            "opt_in_rate": per_cent(self.opt_in_rate),
            "withdrawal_rate": per_cent(self.withdrawal_rate),
            "confirmation_rate": per_cent(self.confirmation_rate),
        }


def per_cent(rate: Fraction | None) -> str | None:
    """In per cent to one place, half rounded up; None stays."""
    if rate is None:
        return None
    tenths = int(rate * 1000 + Fraction(1, 2))
    return f"{tenths // 10}.{tenths % 10}"


def _part(part: int, whole: int) -> Fraction | None:
    return Fraction(part, whole) if whole else None
