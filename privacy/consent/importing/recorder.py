"""Record what an export says about one address, and see what that changes, in the open unit of work."""

from __future__ import annotations

from collections import Counter

import sqlalchemy as sa

from privacy.consent.asked import CheckIn
from privacy.consent.checking import check
from privacy.consent.importing.meaning import Said, Statement
from privacy.consent.importing.pile import Pending
from privacy.consent.importing.translation import CHANNEL, Translator
from privacy.consent.models import Suppression
from privacy.consent.recording import record
from privacy.consent.suppression import ContactEvent, record_event
from privacy.db import Driver, session
from privacy.subjects import service as subjects
from privacy.subjects.service import ContactName, Naming


class Recorder:
    """Records addresses one by one and counts what came of them."""

    def __init__(self, translator: Translator) -> None:
        self._translator = translator
        self._actor = translator.actor
        self._programme = translator.programme
        self._purpose = translator.programme.purpose(translator.target.purpose)

    def record(self, pending: Pending) -> Counter[str]:
        """Record all that is said about one address; returns the counts by their names in the report."""
        contact = self._translator.contact(pending.address)
        naming = self._translator.naming(contact)
        before = self._allowed(naming)
        counts = Counter(self._state(statement, naming, contact) for statement in pending.statements)
        counts["suppressed"] = min(counts["suppressed"], 1)
        after = self._allowed(naming)
        counts["permissions_gained"] += after and not before
        counts["permissions_lost"] += before and not after
        return counts

    def _allowed(self, naming: Naming) -> bool:
        current = session()
        current.flush()
        asked = CheckIn(naming, self._purpose, CHANNEL)
        out = check(asked, actor=self._actor, programme=self._programme, driver=Driver.of(current))
        return out.decision.allowed

    def _state(self, statement: Statement, naming: Naming, contact: ContactName) -> str:
        """Record one statement; returns what to count it as."""
        if statement.said is Said.BOUNCED:
            return "suppressions_known" if self._suppress(statement, contact) else "suppressed"
        given = self._translator.act(statement, naming)
        recorded = record(given, actor=self._actor, programme=self._programme)
        return "acts_known" if all(one.known for one in recorded.records) else "acts_recorded"

    def _suppress(self, statement: Statement, contact: ContactName) -> bool:
        """Suppress an address; returns whether it had been suppressed by the same row before.

        Without a date, or with one in the future, the entry dates from its receipt, and a repeat keeps the first.
        """
        bounce = self._translator.bounce(statement)
        if bounce.claim is None and self._is_listed(contact, bounce.source):
            return True
        return record_event(
            contact,
            ContactEvent.HARD_BOUNCE,
            actor=self._actor,
            programme=self._programme,
            source=bounce.source,
            claim=bounce.claim,
        ).known

    def _is_listed(self, contact: ContactName, source: str) -> bool:
        query = sa.select(Suppression.id).where(
            Suppression.contact_index == subjects.suppression_index(self._actor.realm, contact),
            Suppression.cause == ContactEvent.HARD_BOUNCE.value,
            Suppression.source == source,
        )
        return session().scalar(query.limit(1)) is not None
