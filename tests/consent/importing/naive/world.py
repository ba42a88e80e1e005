"""What everybody ends with once every row was read: design "Consent", told in as few words as it has.

A no stands against whatever was not surely given later and can be shown; it counts for all whom rows ever named
together, and for all that it may mean. A consent counts for the contact it named, or for those that its account held
then. Behind a contact are all who ever held it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.consent.importing.naive.people import People
from tests.consent.importing.naive.rules import PROOFS, Rules
from tests.consent.importing.naive.told import Listed, Name, Told

#: Clocks differ a little: a consent counts as one to come only past this.
_TO_COME = timedelta(minutes=5)
#: Whom a decision is about, for what, by which channel.
Key = tuple[Name, str, str | None]


@dataclass(frozen=True)
class Act:
    """One thing told, on one contact or none."""

    told: Told
    contact: Name | None
    first: datetime
    last: datetime
    #: It can be shown what was agreed to, and it is not yet to come.
    sound: bool


class World:
    """All that the files tell."""

    def __init__(self, rows: Iterable[Told | Listed], rules: Rules, received: datetime) -> None:
        self.rules = rules
        self.received = received
        every = list(rows)
        told = [one for one in every if isinstance(one, Told)]
        self.people = People(one.accounts for one in told if one.accounts)
        #: By whom: an account, or a contact of which no account is known to be the row's.
        self.acts: dict[Name, list[Act]] = defaultdict(list)
        #: Who holds which contact since when.
        self.held: dict[Name, dict[Name, datetime]] = defaultdict(dict)
        self.holders: dict[Name, set[Name]] = defaultdict(set)
        self.listed: dict[Name, list[datetime]] = defaultdict(list)
        for one in every:
            if isinstance(one, Told):
                self._add(one)
            else:
                at = min(one.when.last, received) if one.when else received
                self.listed[one.contact].append(at)

    def _add(self, told: Told) -> None:
        since = min(told.when.first, self.received) if told.when else self.received
        sort = self.rules.needs[told.channel]
        if told.accounts:
            for contact in told.contacts:
                self._hold(told.accounts[0], contact, since)
            on = next((contact for contact in told.contacts if contact[0] == sort), None)
            self._act(told.accounts[0], told, on)
            return
        for contact in [c for c in told.contacts if c[0] == sort] or told.contacts:
            self._hold(contact, contact, since)
            self._act(contact, told, contact if contact[0] == sort else None)

    def _hold(self, who: Name, contact: Name, since: datetime) -> None:
        self.held[who][contact] = min(since, self.held[who].get(contact, since))
        self.holders[contact].add(who)

    def _act(self, who: Name, told: Told, contact: Name | None) -> None:
        if told.word == "no":
            last = min(told.when.last + told.skew, self.received) if told.when else self.received
            self.acts[who].append(Act(told, contact, last, last, sound=True))
        elif told.when is not None and told.when.first <= self.received + _TO_COME:
            first = told.when.first - told.skew
            channels = self.rules.purposes[told.purpose or ""].channels
            known = told.channel in channels if channels else told.channel is None
            shown = told.word == "confirm" or self.rules.proven(told.wording, told.purpose or "", first)
            if known:
                self.acts[who].append(Act(told, contact, first, told.when.last + told.skew, shown))

    # Questions.

    def every_key(self) -> Iterator[Key]:
        """Every key that the files might have a say in."""
        for who in sorted({*self.acts, *self.holders, *self.listed, *self._accounts()}):
            for purpose in self.rules.purposes.values():
                for channel in sorted(purpose.channels):
                    if self.rules.needs[channel] in {who[0], *self._sorts(who)}:
                        yield who, purpose.code, channel
                if not purpose.channels and self._is_account(who):
                    yield who, purpose.code, None

    def allowed(self, key: Key) -> bool:
        """Whether somebody may be contacted."""
        who, purpose, channel = key
        sort = self.rules.needs[channel]
        if sort is None:
            answers = {self._answer(one, purpose, channel, None) for one in self.holders.get(who, {who})}
            return "yes" in answers and not answers & {"no", "minor"}
        if not self._is_account(who):
            return self._on(who, purpose, channel, None)
        held = {c for one in self.people.claimed(who) for c in self.held[one] if c[0] == sort}
        return len(held) == 1 and self._on(held.pop(), purpose, channel, who)

    # One contact, one person.

    def _on(self, contact: Name, purpose: str, channel: str | None, account: Name | None) -> bool:
        """On a contact: nobody behind it may have said no, one who is asked about must have agreed."""
        holders = self.holders[contact]
        asked = {account, *(holders & {contact})} if account else holders
        same = self.people.claimed(account) if account else frozenset()
        answers = {self._answer(one, purpose, channel, contact) for one in asked if one}
        others = {self._answer(one, purpose, channel, contact) for one in holders - asked - same}
        if answers & {"no", "minor"} or "no" in others or "yes" not in answers:
            return False
        own = self._own_act(contact, asked | (self.people.surely(account) if account else set()))
        return all(own is not None and own > at for at in self.listed[contact])

    def _answer(self, who: Name, purpose: str, channel: str | None, contact: Name | None) -> str:
        """`yes`, `no`, `minor`, or nothing either way."""
        acts = list(self._of(self.people.claimed(who)))
        noes = [a.last for a in acts if a.told.word == "no" and self._covers(a, purpose, channel, contact)]
        person = self.people.surely(who)
        gives = [
            a
            for a in acts
            if (a.told.word, a.told.purpose, a.told.channel) == ("give", purpose, channel)
            and person.issuperset(a.told.accounts)
            and (contact is None or a.contact == contact or (a.contact is None and self._held_then(a, person, contact)))
            and all(a.first > no for no in noes)
        ]
        confirms = [a for a in acts if a.told.word == "confirm" and (a.contact, a.told.purpose) == (contact, purpose)]
        found = {self.worth(give, confirms) for give in gives}
        for worth in ("yes", "minor"):
            if worth in found:
                return worth
        return "no" if noes and "ended" not in found else ""

    def worth(self, give: Act, confirms: Iterable[Act]) -> str:
        """What a consent amounts to if no "no" stands against it."""
        purpose = self.rules.purposes[give.told.purpose or ""]
        confirmed = [c for c in confirms if c.first >= give.first]
        proof = max(PROOFS.index(a.told.proof) for a in [give, *confirmed])
        if give.told.minor:
            return "minor"
        if not give.sound or proof < PROOFS.index(purpose.least) or (purpose.double_opt_in and not confirmed):
            return "weak"
        ends = self.rules.ends(purpose.code, give.first)
        return "ended" if ends is not None and self.received >= ends else "yes"

    def _covers(self, no: Act, purpose: str, channel: str | None, contact: Name | None) -> bool:
        told = no.told
        if channel is None and told.purpose == purpose:
            return True  # The purpose has no channels: a no that names one can only mean the purpose.
        return told.purpose in {None, purpose} and told.channel == channel and no.contact in {None, contact}

    def _held_then(self, give: Act, person: frozenset[Name], contact: Name) -> bool:
        return any(contact in self.held[one] and self.held[one][contact] <= give.last for one in person)

    def _own_act(self, contact: Name, people: Iterable[Name | None]) -> datetime | None:
        """When somebody last showed in person that the contact is theirs and wanted."""
        shown = [
            act.first
            for one in people
            if one
            for act in self.acts[one]
            if act.contact == contact and act.told.proof == "own_act" and act.sound and self._shows(act.told)
        ]
        return max(shown, default=None)

    def _shows(self, told: Told) -> bool:
        """Anybody can type in an address; only who confirms it shows that it is theirs."""
        doubled = self.rules.purposes[told.purpose or ""].double_opt_in if told.purpose else True
        return told.word == "confirm" or (told.word == "give" and not doubled)

    # Sorts of names.

    def _of(self, people: Iterable[Name]) -> Iterator[Act]:
        for one in people:
            yield from self.acts[one]

    def _accounts(self) -> set[Name]:
        return {name for acts in self.acts.values() for act in acts for name in act.told.accounts}

    def _is_account(self, who: Name) -> bool:
        return who[0] in {"customer_id", "loyalty_card"}

    def _sorts(self, who: Name) -> set[str | None]:
        return {"email", "phone"} if self._is_account(who) else set()
