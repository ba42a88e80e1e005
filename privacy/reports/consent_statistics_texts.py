"""Texts of the report on consents."""

from __future__ import annotations

from privacy.reports.words import Said, Texts

TITLES = Said("Statystyka zgód", "Consent statistics", "Statistika privola")
ABOUT = Said(
    "Ile zgód udzielono, odmówiono i wycofano: według celu, kanału i źródła, w czasie, ze wskaźnikami.",
    "How many consents were given, refused and withdrawn: by purpose, channel and source, over time, with the rates.",
    "Koliko je privola dano, odbijeno i povučeno: po svrsi, kanalu i izvoru, kroz vrijeme, sa stopama.",
)
TEXTS: Texts = {
    "summary": Said("Podsumowanie", "Summary", "Sažetak"),
    "given": Said("Udzielone", "Given", "Dano"),
    "requested": Said("Czekające na potwierdzenie lub potwierdzone", "Requested", "Zatraženo"),
    "refused": Said("Odmowy", "Refused", "Odbijeno"),
    "withdrawn": Said("Wycofania", "Withdrawn", "Povučeno"),
    "objected": Said("Sprzeciwy", "Objections", "Prigovori"),
    "without_effect": Said("Bez skutku", "Without effect", "Bez učinka"),
    "annulled": Said("Unieważnione", "Annulled", "Poništeno"),
    "stood_before": Said("Zgody na początku okresu", "Stood at the beginning", "Privole na početku razdoblja"),
    "begun": Said("Zgody, które powstały", "Began to stand", "Privole koje su nastale"),
    "ended": Said("Zgody, które ustały", "Ceased to stand", "Privole koje su prestale"),
    "stands_after": Said("Zgody na końcu okresu", "Stand at the end", "Privole na kraju razdoblja"),
    "opt_in": Said("Wskaźnik zgód", "Opt-in rate", "Stopa privola"),
    "taken_back": Said("Wskaźnik wycofań", "Withdrawal rate", "Stopa povlačenja"),
    "confirmed": Said("Wskaźnik potwierdzeń", "Confirmation rate", "Stopa potvrda"),
    "by_purpose": Said("Według celu i kanału", "By purpose and channel", "Po svrsi i kanalu"),
    "by_source": Said("Według źródła", "By source", "Po izvoru"),
    "over_time": Said("W czasie", "Over time", "Kroz vrijeme"),
    "stand_at_end": Said(
        "Zgody na końcu okresu, według celu i kanału",
        "Consents that stand at the end, by purpose and channel",
        "Privole na kraju razdoblja, po svrsi i kanalu",
    ),
    "stand_by_month": Said(
        "Zgody na końcu miesiąca", "Consents that stand at the end of the month", "Privole na kraju mjeseca"
    ),
    "scope": Said("Cel i kanał", "Purpose and channel", "Svrha i kanal"),
    "purpose": Said("Cel", "Purpose", "Svrha"),
    "channel": Said("Kanał", "Channel", "Kanal"),
    "source": Said("Źródło", "Source", "Izvor"),
    "month": Said("Od dnia", "From", "Od"),
    "consents": Said("Zgody", "Consents", "Privole"),
    "every": Said("wszystkie", "every one", "sve"),
    "without": Said("bez kanału", "no channel", "bez kanala"),
    "none": Said("Brak oświadczeń w tym okresie.", "No acts in this period.", "Nema radnji u ovom razdoblju."),
    "counting": Said(
        "Zliczanie zaczęto od nowa i jeszcze trwa: liczby są za niskie.",
        "The counting was begun anew and goes on: the figures are too low.",
        "Brojanje je počelo iznova i još traje: brojke su preniske.",
    ),
    "how": Said(
        "Oświadczenie liczy się w dniu, w którym je złożono. Wskaźnik zgód: udzielone i oczekujące wśród nich i odmów. "
        "Wskaźnik wycofań: zgody, które ustały, wśród zgód na początku okresu i tych, które powstały. Upływ terminu "
        "zgody nie jest tu jej ustaniem.",
        "An act counts on the day on which it was made. Opt-in rate: given and requested among these and the refused. "
        "Withdrawal rate: consents that ceased to stand among those at the beginning and those that began. A term that "
        "runs out is no end here.",
        "Radnja se broji na dan kad je učinjena. Stopa privola: dane i zatražene među njima i odbijenima. Stopa "
        "povlačenja: privole koje su prestale među onima na početku i onima koje su nastale. Istek roka ovdje nije "
        "prestanak.",
    ),
}
