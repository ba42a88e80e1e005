"""Record what an export says about one address, and see what that changes, in the open unit of work."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import sqlalchemy as sa

from privacy import clock
from privacy.authz.actors import Actor
from privacy.claims import Claim
from privacy.consent.acts import ActKind
from privacy.consent.checking import CheckIn, check
from privacy.consent.importing.meaning import Profile, Said, Statement
from privacy.consent.importing.pile import Pending
from privacy.consent.models import Suppression
from privacy.consent.recording import ActIn, Cited, Source, record
from privacy.consent.suppression import ContactEvent, record_event
from privacy.db import Driver, session
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


class Recorder:
    """Records addresses one by one and counts what came of them."""

    def __init__(self, profile: Profile, target: Target, *, actor: Actor, programme: Programme) -> None:
        self._profile = profile
        self._target = target
        self._actor = actor
        self._programme = programme
        self._purpose = programme.purpose(target.purpose)
        self._source = Source(profile.system, _POINT, _METHOD, proof=ProofGrade.OWN_ACT)

    def record(self, pending: Pending) -> Counter[str]:
        """Record all that is said about one address; returns the counts by their names in the report."""
        contact = subjects.contact_name(self._programme, self._actor.realm, ContactKind.EMAIL, pending.address)
        naming = Naming(self._actor.realm, contacts={ContactKind.EMAIL: contact})
        before = self._allowed(naming)
        counts: Counter[str] = Counter()
        for statement in pending.statements:
            counts[self._state(statement, naming, contact)] += 1
        # The files' own repetitions are known by the second time.
        counts["acts_known"] += pending.acts - sum(s.said is not Said.BOUNCED for s in pending.statements)
        counts["suppressed"] = min(counts["suppressed"], 1)
        after = self._allowed(naming)
        counts["permissions_gained"] += after and not before
        counts["permissions_lost"] += before and not after
        return counts

    def _allowed(self, naming: Naming) -> bool:
        asked = CheckIn(naming, self._purpose, CHANNEL)
        current = session()
        current.flush()
        out = check(asked, actor=self._actor, programme=self._programme, driver=Driver.of(current))
        return out.decision.allowed

    def _state(self, statement: Statement, naming: Naming, contact: ContactName) -> str:
        if statement.said is Said.BOUNCED:
            return "suppressions_known" if self._suppress(contact, statement.at) else "suppressed"
        return "acts_known" if self._act(statement, naming) else "acts_recorded"

    def _act(self, statement: Statement, naming: Naming) -> bool:
        """Record an act; returns whether it had been recorded before."""
        kind, dated = _ACTS[statement.said], statement.at is not None
        wording = None
        if kind is ActKind.GIVE and (dated or self._target.version):
            # Without a date nobody can say which version was shown.
            wording = Cited(self._target.wording, self._target.version)
        given = ActIn(
            naming=naming,
            act=kind,
            source=self._source,
            purpose=self._target.purpose,
            channels=(CHANNEL,),
            claim=None if statement.at is None else Claim(statement.at, self._profile.precision),
            dated=dated,
            wording=wording,
        )
        recorded = record(given, actor=self._actor, programme=self._programme)
        return all(one.known for one in recorded.records)

    def _suppress(self, contact: ContactName, at: int | None) -> bool:
        """Suppress an address; returns whether it had been suppressed by the same row before.

        Without a date, or with one in the future, the entry dates from its receipt, and a repeat keeps the first.
        """
        claim = None if at is None else Claim(at, self._profile.precision)
        source = self._profile.system
        if claim is None or claim.start + claim.width > clock.micros():
            claim, source = None, f"{source}, {_AT_RECEIPT}"
            if self._is_listed(contact, source):
                return True
        return record_event(
            contact,
            ContactEvent.HARD_BOUNCE,
            actor=self._actor,
            programme=self._programme,
            source=source,
            claim=claim,
        ).known

    def _is_listed(self, contact: ContactName, source: str) -> bool:
        query = sa.select(Suppression.id).where(
            Suppression.contact_index == subjects.suppression_index(self._actor.realm, contact),
            Suppression.cause == ContactEvent.HARD_BOUNCE.value,
            Suppression.source == source,
        )
        return session().scalar(query.limit(1)) is not None
