"""A naive reading of the rules: slow, for a few accounts and addresses, and without a line of the service's code.

Everything is derived from the list of acts each time a question is asked. It knows one purpose on one channel, consents
that neither expire nor lack proof, accounts `C..` of which a person has one and cards `K..` of which one has several.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

FIVE_MINUTES = 300
NOES = ("withdraw", "refuse", "object")
#: The most protective first.
ORDER = ("objected", "withdrawn", "refused", "shared_contact", "contact_unknown", "no_record", "given")
STOPS = ("objected", "withdrawn", "refused")


@dataclass(frozen=True)
class Said:
    """One act, in whole seconds."""

    kind: str
    accounts: tuple[str, ...]
    email: str | None
    received: int
    #: What the source claims, and how exact that is.
    claimed: int | None = None
    width: int = 1
    #: Whether the clock of the source is a device's.
    device: bool = False
    #: A "no" to everything, on every channel.
    everything: bool = False

    @property
    def who(self) -> tuple[str, ...]:
        """The account identifiers, or the address itself where it stands alone."""
        return self.accounts or (f"alone {self.email}",)

    @property
    def span(self) -> tuple[float, float]:
        """The earliest and the latest second in which it may have happened; a second ends just before the next."""
        instant = 0.000001
        skew = FIVE_MINUTES if self.device else 0
        if self.claimed is None:
            return self.received, self.received
        first, last = self.claimed - skew, self.claimed + self.width - instant + skew
        if self.kind not in NOES:
            return first, last
        if self.device:
            return min(max(first, self.received - 3 * 86_400), self.received), self.received
        return min(first, last, self.received), min(last, self.received)

    @property
    def counts(self) -> bool:
        """A yes from the future does not."""
        ahead = self.claimed is not None and self.claimed > self.received + FIVE_MINUTES
        return self.kind in NOES or not ahead

    def is_about(self, email: str) -> bool:
        """A "no" without an address is about every address."""
        return self.everything or self.email is None or self.email == email


class Oracle:
    """Answers from a list of acts, whatever its order."""

    def __init__(self, acts: Iterable[Said]) -> None:
        self.acts = list(acts)

    def answer(self, accounts: Sequence[str], email: str) -> str:
        """May these accounts be written to at that address? Without accounts: may anybody be written to there?"""
        known = [a for a in accounts if any(a in act.accounts for act in self.acts)]
        holders = self._holders(email)
        alone = [h for h in holders if h.startswith("alone")]
        asked = [*known, *alone] if accounts else holders
        answers = {who: self._of(who, email) for who in asked}
        reasons = [a for a in answers.values() if a in STOPS]
        groups = {frozenset(self._agreeing(who)) for who in known}
        if len(groups) > 1:
            reasons += [answers[who] for who in known if answers[who] != "given"]
        if not reasons:
            reasons = ["given"] if "given" in answers.values() else [*answers.values()] or ["no_record"]
        if accounts:
            mine = {other for who in known for other in self._claimed(who)}
            if any(self._of(h, email) in STOPS for h in holders if h not in mine and h not in alone):
                reasons.append("shared_contact")
        return min(reasons, key=ORDER.index)

    def _of(self, who: str, email: str) -> str:
        noes = [a for a in self.acts if a.kind in NOES and a.is_about(email) and self._said_by(a, self._claimed(who))]
        gives = [
            a
            for a in self.acts
            if a.kind == "give"
            and a.counts
            and self._said_by(a, self._agreeing(who))
            and set(a.who) <= self._agreeing(who)
            and a.email in (None, email)
            and all(a.span[0] > no.span[1] for no in noes)
        ]
        if any(a.email == email or self._held(a, who, email) for a in gives):
            return "given"
        lifts = [
            a for a in self.acts if a.kind == "lift_objection" and a.counts and self._said_by(a, self._claimed(who))
        ]
        objections = [no.span[1] for no in noes if no.kind == "object"]
        if objections and not any(lift.counts and lift.span[0] > max(objections) for lift in lifts):
            return "objected"
        for kind, reason in (("withdraw", "withdrawn"), ("refuse", "refused")):
            if any(no.kind == kind for no in noes):
                return reason
        return "contact_unknown" if gives else "no_record"

    def _said_by(self, act: Said, people: set[str]) -> bool:
        return bool(set(act.who) & people)

    def _held(self, give: Said, who: str, email: str) -> bool:
        """Whether one of the agreeing accounts held the address when it consented without naming one."""
        since = [
            min(a.received if a.claimed is None else a.claimed, a.received)
            for a in self.acts
            if a.email == email and a.who[0] in self._agreeing(who)
        ]
        return bool(since) and min(since) <= give.span[1]

    def _holders(self, email: str) -> list[str]:
        return sorted({act.who[0] for act in self.acts if act.email == email})

    def _claimed(self, who: str) -> set[str]:
        """Everybody whom any claim joins with this one."""
        found, fresh = {who}, [who]
        while fresh:
            mine = fresh.pop()
            new = {other for act in self.acts if mine in act.who for other in act.who} - found
            found |= new
            fresh += new
        return found

    def _agreeing(self, who: str) -> set[str]:
        """The same, unless they are two customers: then each stands alone."""
        everybody = self._claimed(who)
        return {who} if sum(name.startswith("C") for name in everybody) > 1 else everybody


def questions(accounts: Sequence[str], emails: Sequence[str]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Every question about at most one account and one address, and about two accounts together."""
    for email in emails:
        yield (), email
        for number, account in enumerate(accounts):
            yield (account,), email
            for other in accounts[number + 1 :]:
                if account[0] != other[0]:
                    yield (account, other), email
