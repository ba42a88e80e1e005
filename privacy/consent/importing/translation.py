"""What an export says, as the acts and events that record it. Writes and reads nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from privacy import clock
from privacy.authz.actors import Actor
from privacy.claims import Claim
from privacy.consent.acts import ActKind
from privacy.consent.importing.meaning import NO_VERSION, Statement, age_on
from privacy.consent.importing.people import naming_of
from privacy.consent.importing.profile import Profile
from privacy.consent.intake import ActIn, Cited, Source
from privacy.consent.suppression import ContactEvent
from privacy.programme.types import ContactKind, Programme, ProofGrade, Setting
from privacy.subjects.service import AgeClass, ContactName, Naming

#: A version that no wording has.
_UNKNOWN_VERSION = "?"
#: Added to the source of a suppression whose date is that of its receipt, by which a repeat is known.
_AT_RECEIPT = "at receipt"
_EVENTS = {
    "suppress": ContactEvent.LISTED,
    "bounce": ContactEvent.HARD_BOUNCE,
    "complaint": ContactEvent.COMPLAINT,
}


@dataclass(frozen=True)
class Event:
    """What happened to a contact."""

    contact: ContactName
    event: ContactEvent
    #: None: as of its receipt, where the row has no date or one in the future.
    claim: Claim | None
    source: str

    @property
    def at(self) -> int | None:
        """The moment by which it surely had happened."""
        return None if self.claim is None else self.claim.start + self.claim.width - 1


class Translator:
    """Turns what the rows of one profile say into acts and events."""

    def __init__(self, profile: Profile, *, actor: Actor, programme: Programme) -> None:
        self.actor = actor
        self.programme = programme
        self.system = profile.system
        self._profile = profile
        self._sources: dict[tuple[str | None, str, str | None], Source] = {}

    def naming(self, names: Iterable[tuple[str, str]]) -> Naming:
        """The person whom a row names."""
        return naming_of(dict(names), self.programme, self.actor)

    def acts(self, naming: Naming, statements: Iterable[Statement]) -> list[ActIn]:
        """The acts of a row's statements: what it says of several channels alike is one act over them.

        A "no" comes before what may allow, so that nothing is allowed between two units of work that is not at the end.
        """
        together: dict[Statement, list[str | None]] = {}
        for statement in statements:
            together.setdefault(on_channel(statement, None), []).append(statement.channel)
        found = [
            act
            for statement, channels in together.items()
            for one, on in self._apart(naming, channels)
            for act in self._of(one, statement, on)
        ]
        return sorted(found, key=lambda act: act.act in _YESES)

    def events(self, naming: Naming, statement: Statement) -> list[Event]:
        """The events of a statement: of the contact of its channel, or of all that the row names."""
        claim = statement.claim
        past = claim is not None and claim.start + claim.width <= clock.micros()
        source = self.system if past else f"{self.system}, {_AT_RECEIPT}"
        event = _EVENTS[statement.said]
        kinds = contacts_meant(naming, statement, self.programme)
        return [Event(naming.contacts[kind], event, claim if past else None, source) for kind in kinds]

    def cited(self, statement: Statement) -> Cited | None:
        """The wording of a consent: the one named, or the one that the programme says stands for it."""
        if statement.wording is None:
            return None
        code, version, locale = statement.wording
        at = statement.at
        on = None if at is None else self._day(at[0] - self._profile.timing.skew)
        if version is not None:
            known = version != NO_VERSION and code is not None and self.programme.wording(code, version) is not None
            standing = None
            if not known and on is not None:
                standing = self.programme.wording_standing_for(self.system, version, statement.point, on)
            if standing is not None:
                return Cited(standing.code, standing.version, locale)
            return Cited(code, version or _UNKNOWN_VERSION, locale) if code is not None else None
        # Without a date nobody can say which version was shown.
        return None if code is None or at is None else Cited(code, None, locale)

    # One act.

    def _apart(self, naming: Naming, channels: list[str | None]) -> list[tuple[Naming, list[str | None]]]:
        """Contacts without an account are each their own person: what is said on one is not said on the other."""
        if naming.by_account or len(naming.contacts) < 2:
            return [(naming, channels)]
        contacts = naming.contacts
        found: dict[ContactKind, list[str | None]] = {}
        for channel in channels:
            kind = self.programme.channel(channel).contact_kind if channel is not None else None
            for one in [kind] if kind is not None and kind in contacts else contacts:
                found.setdefault(one, []).append(channel)
        return [(replace(naming, contacts={kind: contacts[kind]}), on) for kind, on in found.items()]

    def _of(self, naming: Naming, statement: Statement, channels: list[str | None]) -> list[ActIn]:
        kind = ActKind(statement.said)
        named = [channel for channel in channels if channel is not None]
        given = ActIn(
            naming=naming,
            act=kind,
            source=self._source(statement),
            purpose=statement.purpose,
            channels=tuple(named) or None,
            claim=statement.claim,
            dated=statement.at is not None,
            asks=False,
            wording=self.cited(statement) if kind in {ActKind.GIVE, ActKind.REQUEST} else None,
            age_class=self._age_class(statement),
        )
        if not named or len(named) == len(channels):
            return [given]
        return [given, replace(given, channels=None)]

    def _source(self, statement: Statement) -> Source:
        key = (statement.point, statement.proof, statement.setting)
        if key not in self._sources:
            self._sources[key] = Source(
                self.system,
                statement.point,
                self._profile.method,
                timing=self._profile.timing,
                proof=ProofGrade(statement.proof),
                setting=Setting(statement.setting) if statement.setting else None,
            )
        return self._sources[key]

    def _age_class(self, statement: Statement) -> AgeClass | None:
        if statement.born is None or statement.at is None:
            return None
        years = age_on(statement.born, self._day(statement.at[0]))
        return None if years is None else AgeClass.of_age(years)

    def _day(self, micros: int) -> date:
        return clock.from_micros(micros).astimezone(self.programme.zone).date()


def contacts_meant(naming: Naming, statement: Statement, programme: Programme) -> list[ContactKind]:
    """The kinds of contact that an event of a row is about."""
    channel = None if statement.channel is None else programme.channel(statement.channel)
    return [kind for kind in naming.contacts if channel is None or channel.contact_kind is kind]


_YESES = frozenset({ActKind.REQUEST, ActKind.GIVE, ActKind.CONFIRM})


def on_channel(statement: Statement, channel: str | None) -> Statement:
    """The same statement on another channel."""
    return Statement(
        statement.said,
        statement.purpose,
        channel,
        statement.at,
        statement.wording,
        statement.proof,
        statement.point,
        statement.setting,
        statement.born,
    )
