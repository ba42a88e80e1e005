"""What several forms of a receipt tell in the same words."""

from __future__ import annotations

from privacy.consent.receipts.facts import Event, Processing, ReceiptFacts
from privacy.consent.receipts.states import EventState
from privacy.consent.receipts.words import Words
from privacy.programme.types import LegalBasis, PurposeClass

#: GDPR Art. 6(1), as DPV names it.
ARTICLES = {
    LegalBasis.CONSENT: "A6-1-a",
    LegalBasis.CONTRACT: "A6-1-b",
    LegalBasis.LEGAL_OBLIGATION: "A6-1-c",
    LegalBasis.VITAL_INTERESTS: "A6-1-d",
    LegalBasis.PUBLIC_TASK: "A6-1-e",
    LegalBasis.LEGITIMATE_INTERESTS: "A6-1-f",
}
_ALWAYS = ("A15", "A16", "A17", "A18")


def withdrawal(facts: ReceiptFacts, words: Words) -> str:
    """How to withdraw and object (Art. 7(3), 21), in one sentence."""
    controller = facts.main_controller
    ways = [words.phrase("on_page", url=facts.preferences_url)] if facts.preferences_url else []
    ways.append(words.phrase("by_mail", email=controller.email or controller.contact))
    ways.append(words.phrase("by_letter", address=f"{controller.name}, {controller.address}"))
    return words.phrase("withdraw", ways="; ".join(ways))


def rights(facts: ReceiptFacts) -> list[str]:
    """The articles of the rights that the person has here: which depend on the legal basis (Art. 13(2), 20, 21)."""
    bases = {one.purpose.legal_basis for one in facts.processing}
    classes = {one.purpose.purpose_class for one in facts.processing}
    found = ["A7-3"] if LegalBasis.CONSENT in bases else []
    found += _ALWAYS
    if bases & {LegalBasis.CONSENT, LegalBasis.CONTRACT}:
        found.append("A20")
    if bases & {LegalBasis.LEGITIMATE_INTERESTS, LegalBasis.PUBLIC_TASK} or PurposeClass.MARKETING in classes:
        found.append("A21")
    return [*found, "A77"]


def retention(one: Processing, facts: ReceiptFacts, words: Words) -> str:
    """How long data are kept: the period, if there is one, and from when it runs."""
    rule = facts.programme.retention_rules[one.purpose.retention_rule]
    starts = words.of(rule.starts)
    return f"{rule.period}, {starts}" if rule.period else starts


def validity(event: Event, facts: ReceiptFacts) -> str:
    """How long an event counts: an ISO 8601 duration, or a word where nothing but another act ends it."""
    if event.state is not EventState.GIVEN:
        return "until_changed"
    return facts.processing[0].purpose.validity or "until_withdrawn"


def categories(one: Processing, facts: ReceiptFacts, words: Words) -> list[str]:
    """The names of the categories of data."""
    return [words.of(facts.programme.data_categories[code].names) for code in one.purpose.data_categories]


def channel(facts: ReceiptFacts, words: Words) -> str | None:
    """The name of the channel; None where the act named none."""
    return words.of(facts.programme.channels[facts.channel].names) if facts.channel else None
