"""What affected persons are told, in English: the parts of a letter, and what they can do by the kind of data."""

from __future__ import annotations

from privacy.breach.telling.advice import Advice

LOCALE = "en"
PHRASES = {
    "opening": (
        "we are writing because of a personal data breach that concerns your data. We explain what happened, what may "
        "follow from it and what you can do (Art. 34 GDPR)."
    ),
    "guardian": (
        "We write to you as a parent or legal guardian: the breach concerns the data of a child for whom you acted "
        "with us."
    ),
    "happened": "What happened",
    "data": "Which data are concerned",
    "consequences": "What may follow",
    "measures": "What we have done and will do",
    "advice": "What you can do",
    "contact": "Whom to ask",
    "when.point": "The breach happened: {start}.",
    "when.range": "The breach lasted from {start} to {end}.",
    "when.ongoing": "The breach has been going on since {start}.",
    "dpo": "{name}, our data protection officer, will answer your questions: {reach}. Please give the number {number}.",
    "controller": "{name}, {address}, will answer your questions: {reach}. Please give the number {number}.",
    "notice.title": "Public notice of a personal data breach",
    "notice.opening": (
        "{controller} gives notice of a personal data breach. It is addressed to the people to whom we cannot write "
        "directly (Art. 34(3)(c) GDPR)."
    ),
    "notice.footer": "Reference {number}, {day}",
    "pages": "page {} of {}",
    "rehearsal": "REHEARSAL",
    "rehearsal.line": "This is a rehearsal. Nothing has happened, and this text is sent to nobody.",
    "where.letter": "in the letter that we are sending by post",
    "number": "Reference",
    "dated": "Date",
}

ADVICE = {
    Advice.PESEL: (
        "Block your PESEL number: in the mObywatel app, on gov.pl, or at any commune office (urząd gminy) in Poland. "
        "Blocking is free of charge and can be undone at any time. Banks and lenders must check it before they grant "
        "a loan in your name."
    ),
    Advice.CREDIT_REPORT: (
        "Check with the Polish credit bureau (BIK) whether somebody took out a loan in your name; you can switch on "
        "alerts about new enquiries there."
    ),
    Advice.IDENTITY_DOCUMENT: (
        "Have your identity document blocked by your bank, and consider replacing it: a Polish identity card at a "
        "commune office, in the mObywatel app or on gov.pl, a passport at a passport office, any other document at "
        "the office that issued it."
    ),
    Advice.CREDENTIALS: (
        "Change your password with us, and everywhere else where you use the same or a similar one. Use a different "
        "password for each service, and switch on two-step sign-in where you can."
    ),
    Advice.PAYMENT: (
        "Call your bank and ask it to block the card or to advise you, and look at your transactions more often than "
        "usual. Report a transaction that you did not make to the bank at once."
    ),
    Advice.PHISHING: (
        "Beware of e-mails, text messages and calls in our name or that of a bank or an authority. Give no passwords "
        "or codes, follow no links and install nothing; in doubt call a number that you know."
    ),
    Advice.SENSITIVE: (
        "If somebody threatens to publish these data or demands money, do not pay, report it to the police, and tell "
        "us too."
    ),
    Advice.SAFETY: (
        "If you fear for your safety, because somebody may know your address or where you are, call the emergency "
        "number 112."
    ),
    Advice.POLICE: (
        "If somebody uses your data without your knowledge, report it to the police, and keep this message as evidence."
    ),
}
