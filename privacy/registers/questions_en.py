"""The questions of the registers in English: what is asked, and what a good answer says."""

from __future__ import annotations

from collections.abc import Mapping

from privacy.registers.vocabulary import EntryKind

_FINDINGS = (
    "What was found?",
    "One paragraph for each finding: what is so, what should be, how serious it is. Write also what was in order.",
)
_RECOMMENDATIONS = (
    "What is to be done, by whom and by when?",
    "Such as: marketing withdraws the old form from the shops by 31 January (Anna's team).",
)

QUESTIONS: Mapping[EntryKind, Mapping[str, tuple[str, str]]] = {
    EntryKind.TRAINING: {
        "programme": (
            "What was taught?",
            "The topics, and for whom: such as consents at the till, how to know a request, whom to tell of a breach.",
        ),
        "trainer": ("Who taught it?", "A name or a company, and the materials that were used."),
        "test": ("How was it checked that people understood?", "Such as a test of ten questions, eight right to pass."),
    },
    EntryKind.AUDIT: {
        "scope": ("What was audited?", "Units, systems, processing activities and the period that was looked at."),
        "findings": _FINDINGS,
        "recommendations": _RECOMMENDATIONS,
    },
    EntryKind.DPIA: {
        "description": (
            "What is processed, how, by whom and what for? (Art. 35(7)(a))",
            "The operations from collection to erasure, the data, the people, the systems, recipients and time limits.",
        ),
        "necessity": (
            "Why is it necessary and proportionate? (Art. 35(7)(b))",
            "The legal basis; why less data, fewer people or a shorter time would not do; how people are informed and "
            "use their rights.",
        ),
        "risks": (
            "What could happen to people? (Art. 35(7)(c))",
            "For each risk: the source, what would happen to the person, how likely and how severe. Such as: a list of "
            "addresses leaks and people are sent fraudulent messages; possible, limited.",
        ),
        "measures": (
            "What is done about each risk? (Art. 35(7)(d))",
            "Measures, safeguards and security, for each risk by itself, and what shows that they work.",
        ),
        "residual_risk": (
            "How high is the risk that is left?",
            "low, medium or high. Where it is high the authority is asked before the processing begins (Art. 36(1)).",
        ),
        "why_needed": (
            "Why is an assessment made? (Art. 35(1), (3), (4))",
            "Systematic evaluation of people, special categories on a large scale, monitoring of public places, or the "
            "authority's list; two of the nine criteria of WP 248 are enough as a rule.",
        ),
        "interest": (
            "Which legitimate interest is pursued, if any? (Art. 35(7)(a))",
            "The number of the balancing test where there is one.",
        ),
        "people_asked": (
            "What do the people concerned, or those who speak for them, say? (Art. 35(9))",
            "Whom you asked and what they answered; or why nobody was asked.",
        ),
    },
    EntryKind.LIA: {
        "purpose": (
            "Which interest is pursued, and whose is it?",
            "Name it exactly, and why it is lawful, real and present. Such as: that orders are not paid with stolen "
            "cards; ours and our customers'.",
        ),
        "necessity": (
            "Why can it not be reached with less?",
            "What else was considered, and why it would not do: fewer data, anonymous data, asking for consent.",
        ),
        "nature": (
            "Whose data and which data are they?",
            "Children, employees, special categories, places, money: what is more delicate weighs more.",
        ),
        "expectations": (
            "Do people expect it?",
            "What they were told and when, how they know us, what is usual. Such as: it stands in the notice that they "
            "read when they opened the account.",
        ),
        "impact": (
            "What does it mean for them?",
            "Good and bad, how likely, how severe: a refused order, a call at an unwelcome time, being left out.",
        ),
        "balance": (
            "Whose interests weigh more, and why?",
            "Weigh what is above. If in doubt, theirs. An objection to direct marketing is always followed (Art. 21).",
        ),
        "safeguards": (
            "What tips the balance?",
            "Such as: pseudonyms, a short time limit, an easy way to object in each message, a person looks at it.",
        ),
    },
    EntryKind.PROCESSOR_CHECK: {
        "guarantees": (
            "Which guarantees does the processor give? (Art. 28(1))",
            "Certificates, codes of conduct, answers to a questionnaire, what was seen on the spot.",
        ),
        "agreement": (
            "Does the contract have everything of Art. 28(3)?",
            "Instructions, confidentiality, security, other processors, help with requests, deletion, audits.",
        ),
        "subprocessors": ("Which other processors does it use, and where?", "With countries and safeguards (Art. 44)."),
        "recommendations": _RECOMMENDATIONS,
    },
    EntryKind.POLICY: {
        "scope": ("What does the policy govern, and whom does it bind?", "Add its text as a file."),
        "changes": ("What is different from the version before?", "And who was told of it, and how."),
    },
    EntryKind.SECURITY_TEST: {
        "scope": ("What was tested?", "Systems, and what they protect. Such as: restoring the backup of the shop."),
        "method": ("How was it tested, and by whom?", "Such as: a penetration test by an outside company, 5 days."),
        "findings": _FINDINGS,
        "recommendations": _RECOMMENDATIONS,
    },
    EntryKind.TRANSFER_ASSESSMENT: {
        "transfer": (
            "What is transferred, to whom and to which country?",
            "Data, people, how often, onward transfers.",
        ),
        "tool": ("On what does the transfer rest? (Art. 45 to 49)", "An adequacy decision, standard clauses, rules."),
        "law": (
            "Does the country's law respect it?",
            "Access by authorities, remedies, what the recipient says about requests that it has had (C-311/18).",
        ),
        "safeguards": ("Which further measures are taken?", "Such as: encryption with keys that stay in the Union."),
    },
}
