"""What an export says, as the acts and events that record it. Writes and reads nothing."""

from __future__ import annotations

from dataclasses import dataclass

from privacy import clock
from privacy.authz.actors import Actor
from privacy.claims import Claim
from privacy.consent.acts import ActKind
from privacy.consent.importing.meaning import Profile, Said, Statement
from privacy.consent.intake import ActIn, Cited, Source
from privacy.programme.types import ContactKind, Programme, ProofGrade
from privacy.subjects import service as subjects
from privacy.subjects.service import ContactName, Naming

#: Audience exports are of e-mail newsletters.
CHANNEL = "email"
_POINT, _METHOD = "audience_export", "import"
#: Added to the source of a suppression whose date is that of its receipt, by which a repeat is known.
_AT_RECEIPT = "at receipt"
_ACTS = {Said.GIVE: ActKind.GIVE, Said.CONFIRM: ActKind.CONFIRM, Said.WITHDRAW: ActKind.WITHDRAW}


@dataclass(frozen=True)
class Target:
    """What an import is about: one purpose by e-mail, and the wording that was shown."""

    purpose: str
    wording: str
    #: None: the version in force on each row's date.
    version: str | None = None


@dataclass(frozen=True)
class Bounce:
    """Mail to an address came back for good."""

    #: None: as of its receipt, where the row has no date or one in the future.
    claim: Claim | None
    source: str

    @property
    def at(self) -> int | None:
        """The moment by which it surely had happened."""
        return None if self.claim is None else self.claim.start + self.claim.width - 1


class Translator:
    """Turns what one profile's rows say into acts for one target."""

    def __init__(self, profile: Profile, target: Target, *, actor: Actor, programme: Programme) -> None:
        self.target = target
        self.actor = actor
        self.programme = programme
        self._profile = profile
        self._source = Source(profile.system, _POINT, _METHOD, proof=ProofGrade.OWN_ACT)

    def contact(self, address: str) -> ContactName:
        """The address, normalised and indexed; raises `BadIdentifier`."""
        return subjects.contact_name(self.programme, self.actor.realm, ContactKind.EMAIL, address)

    def naming(self, contact: ContactName) -> Naming:
        """Whoever the address alone stands for."""
        return Naming(self.actor.realm, contacts={contact.kind: contact})

    def act(self, statement: Statement, naming: Naming) -> ActIn:
        """The act of a statement that is one."""
        kind, dated = _ACTS[statement.said], statement.at is not None
        wording = None
        if kind is ActKind.GIVE and (dated or self.target.version):
            # Without a date nobody can say which version was shown.
            wording = Cited(self.target.wording, self.target.version)
        return ActIn(
            naming=naming,
            act=kind,
            source=self._source,
            purpose=self.target.purpose,
            channels=(CHANNEL,),
            claim=self._claim(statement),
            dated=dated,
            wording=wording,
        )

    def bounce(self, statement: Statement) -> Bounce:
        """The event of a statement that mail came back."""
        claim = self._claim(statement)
        if claim is None or claim.start + claim.width > clock.micros():
            return Bounce(None, f"{self._profile.system}, {_AT_RECEIPT}")
        return Bounce(claim, self._profile.system)

    def _claim(self, statement: Statement) -> Claim | None:
        return None if statement.at is None else Claim(statement.at, self._profile.precision)
