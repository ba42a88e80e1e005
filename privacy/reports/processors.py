"""The report on processors and recipients (Art. 4(8), 4(9), 28): who gets which data, why, where, on which terms."""

from __future__ import annotations

from collections.abc import Iterable
from operator import attrgetter

from privacy.authz.permissions import Permission
from privacy.programme.types import ProcessingActivity
from privacy.reports import parties
from privacy.reports.document import Document, Layout, TableOf, Value
from privacy.reports.report import Context, Report
from privacy.reports.words import Said, Texts

TITLES = Said("Podmioty przetwarzające i odbiorcy", "Processors and recipients", "Izvršitelji obrade i primatelji")
ABOUT = Said(
    "Komu dane się powierza i ujawnia: usługa, umowa, państwo i zabezpieczenie przekazania (art. 28, 30 i 44–49 RODO).",
    "To whom data are entrusted and disclosed: service, agreement, country, safeguard (GDPR Art. 28, 30, 44-49).",
    "Kome se podaci povjeravaju i otkrivaju: usluga, ugovor, zemlja i zaštitna mjera (čl. 28., 30. i 44.–49. GDPR-a).",
)
TEXTS: Texts = {
    "summary": Said("Podsumowanie", "Summary", "Sažetak"),
    "processors": Said("Podmioty przetwarzające", "Processors", "Izvršitelji obrade"),
    "recipients": Said("Odbiorcy", "Recipients", "Primatelji"),
    "outside": Said(
        "Poza Europejskim Obszarem Gospodarczym", "Outside the EEA", "Izvan Europskog gospodarskog prostora"
    ),
    "name": Said("Nazwa", "Name", "Naziv"),
    "service": Said("Usługa", "Service", "Usluga"),
    "country": Said("Państwo", "Country", "Zemlja"),
    "agreement": Said("Umowa powierzenia", "Agreement (Art. 28(3))", "Ugovor o obradi"),
    "agreed_on": Said("Zawarta", "Agreed on", "Sklopljen"),
    "on_behalf": Said("W imieniu", "On behalf of", "U ime"),
    "safeguard": Said("Zabezpieczenie przekazania", "Safeguard of the transfer", "Zaštitna mjera prijenosa"),
    "activities": Said("Czynności przetwarzania", "Processing activities", "Aktivnosti obrade"),
    "data": Said("Kategorie danych", "Categories of data", "Kategorije podataka"),
    "kind": Said("Rodzaj", "Kind", "Vrsta"),
    "told_at": Said("Zawiadomienia (art. 19)", "Told at (Art. 19)", "Obavješćuje se (čl. 19.)"),
    "kind.named": Said("wskazany z nazwy", "named", "imenovan"),
    "kind.category": Said("kategoria odbiorców", "category of recipients", "kategorija primatelja"),
}


def make(context: Context) -> Document:
    """The report of the programme in force."""
    programme, words = context.programme, context.words
    countries = [*(one.country for one in programme.processors.values())]
    countries += [one.country for one in programme.recipients.values()]
    told: dict[str, Value] = {
        "processors": len(programme.processors),
        "recipients": len(programme.recipients),
        "outside": sum(parties.outside(code) for code in countries),
    }
    return Document((words.facts("summary", told, words.say("summary")), _processors(context), _recipients(context)))


def _processors(context: Context) -> TableOf:
    programme, words = context.programme, context.words
    columns = words.columns(
        *("name", "service", "country", "agreement", "agreed_on", "on_behalf", "safeguard", "activities", "data"),
        "told_at",
    )
    rows = []
    for one in programme.processors.values():
        used = [activity for activity in programme.processing_activities.values() if one.code in activity.processors]
        rows.append(
            (
                one.name,
                one.service,
                words.country(one.country),
                one.agreement,
                one.agreed_on,
                parties.controllers(programme, one.controllers),
                parties.in_words(one.safeguard, words),
                _names(used, context),
                _data(used, context),
                parties.contact(one.email, one.address),
            )
        )
    return TableOf("processors", columns, rows, words.say("processors"), layout=Layout.ENTRIES)


def _recipients(context: Context) -> TableOf:
    programme, words = context.programme, context.words
    columns = words.columns("name", "kind", "country", "safeguard", "activities", "data", "told_at")
    rows = []
    for one in programme.recipients.values():
        used = [activity for activity in programme.processing_activities.values() if one.code in activity.recipients]
        rows.append(
            (
                words.named(one.code, one.names),
                words.word("kind", one.kind.value),
                words.country(one.country),
                parties.in_words(one.safeguard, words),
                _names(used, context),
                _data(used, context),
                parties.contact(one.email, one.address),
            )
        )
    return TableOf("recipients", columns, rows, words.say("recipients"), layout=Layout.ENTRIES)


def _names(used: Iterable[ProcessingActivity], context: Context) -> tuple[Value, ...]:
    return tuple(context.words.named(one.code, one.names) for one in sorted(used, key=attrgetter("code")))


def _data(used: Iterable[ProcessingActivity], context: Context) -> tuple[Value, ...]:
    codes = sorted({code for one in used for code in one.data_categories})
    return tuple(context.words.named(code, context.programme.data_categories[code].names) for code in codes)


REPORT = Report(
    name="processors",
    permission=Permission.PROGRAMME_READ,
    titles=TITLES,
    about=ABOUT,
    texts=TEXTS,
    make=make,
    periodic=False,
)
