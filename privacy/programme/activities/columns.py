"""The columns of the record of processing activities, and what they are called. Pure.

The Polish headings are those of the template that the Polish authority (UODO) publishes.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

LOCALES = ("pl", "en", "hr")


class Sheet(StrEnum):
    """One of the two records."""

    CONTROLLER = "controller"  # Art. 30(1)
    PROCESSOR = "processor"  # Art. 30(2)


class Column(StrEnum):
    """One column of either record, by what Art. 30 calls it."""

    CODE = "code"
    NAME = "name"
    UNIT = "unit"
    CONTROLLERS = "controllers"  # Art. 30(1)(a)
    JOINT = "joint"
    REPRESENTATIVE = "representative"
    DPO = "dpo"
    PURPOSES = "purposes"  # (b)
    PERSONS = "persons"  # (c)
    DATA = "data"
    BASIS = "basis"
    STATUTE = "statute"
    INTEREST = "interest"
    SOURCE = "source"
    RETENTION = "retention"  # (f)
    PROCESSORS = "processors"
    RECIPIENTS = "recipients"  # (d)
    SYSTEMS = "systems"
    TRANSFERS = "transfers"  # (e)
    SAFEGUARDS = "safeguards"
    SECURITY = "security"  # (g)
    ASSESSMENT = "assessment"
    CATEGORIES = "categories"  # Art. 30(2)(b)
    PROCESSOR = "processor"  # Art. 30(2)(a)
    CLIENT = "client"
    CLIENT_CONTACT = "client_contact"
    CLIENT_REPRESENTATIVE = "client_representative"
    CLIENT_DPO = "client_dpo"
    AGREEMENT = "agreement"


C = Column

COLUMNS: Mapping[Sheet, tuple[Column, ...]] = {
    Sheet.CONTROLLER: (
        *(C.CODE, C.NAME, C.UNIT, C.CONTROLLERS, C.JOINT, C.REPRESENTATIVE, C.DPO, C.PURPOSES, C.PERSONS, C.DATA),
        *(C.BASIS, C.STATUTE, C.INTEREST, C.SOURCE, C.RETENTION, C.PROCESSORS, C.RECIPIENTS, C.SYSTEMS, C.TRANSFERS),
        *(C.SAFEGUARDS, C.SECURITY, C.ASSESSMENT),
    ),
    Sheet.PROCESSOR: (
        *(C.CODE, C.CATEGORIES, C.PROCESSOR, C.REPRESENTATIVE, C.DPO, C.CLIENT, C.CLIENT_CONTACT),
        *(C.CLIENT_REPRESENTATIVE, C.CLIENT_DPO, C.PROCESSORS, C.TRANSFERS, C.SAFEGUARDS, C.AGREEMENT, C.SECURITY),
    ),
}

TITLES: Mapping[str, Mapping[Sheet, str]] = {
    "pl": {
        Sheet.CONTROLLER: "Rejestr czynności przetwarzania (art. 30 ust. 1 RODO)",
        Sheet.PROCESSOR: "Rejestr kategorii czynności przetwarzania (art. 30 ust. 2 RODO)",
    },
    "en": {
        Sheet.CONTROLLER: "Record of processing activities (Art. 30(1) GDPR)",
        Sheet.PROCESSOR: "Record of categories of processing activities (Art. 30(2) GDPR)",
    },
    "hr": {
        Sheet.CONTROLLER: "Evidencija aktivnosti obrade (čl. 30. st. 1. GDPR-a)",
        Sheet.PROCESSOR: "Evidencija kategorija aktivnosti obrade (čl. 30. st. 2. GDPR-a)",
    },
}

#: What the sheets of the workbook are called: at most 31 characters, and none of []:*?/\\.
SHEET_NAMES: Mapping[str, Mapping[Sheet, str]] = {
    "pl": {Sheet.CONTROLLER: "Art. 30 ust. 1", Sheet.PROCESSOR: "Art. 30 ust. 2"},
    "en": {Sheet.CONTROLLER: "Art. 30(1)", Sheet.PROCESSOR: "Art. 30(2)"},
    "hr": {Sheet.CONTROLLER: "Čl. 30. st. 1.", Sheet.PROCESSOR: "Čl. 30. st. 2."},
}

HEADINGS: Mapping[str, Mapping[Column, str]] = {
    "pl": {
        C.CODE: "Kod",
        C.NAME: "Nazwa czynności przetwarzania",
        C.UNIT: "Jednostka organizacyjna",
        C.CONTROLLERS: "Administrator i dane kontaktowe",
        C.JOINT: "Nazwa współadministratora i dane kontaktowe (jeśli dotyczy)",
        C.REPRESENTATIVE: "Przedstawiciel administratora i dane kontaktowe (jeśli dotyczy)",
        C.DPO: "Inspektor ochrony danych i dane kontaktowe (jeśli dotyczy)",
        C.PURPOSES: "Cel przetwarzania",
        C.PERSONS: "Kategorie osób",
        C.DATA: "Kategorie danych",
        C.BASIS: "Podstawa prawna",
        C.STATUTE: "Przepis prawa",
        C.INTEREST: "Prawnie uzasadniony interes",
        C.SOURCE: "Źródło danych",
        C.RETENTION: "Planowany termin usunięcia kategorii danych (jeżeli jest to możliwe)",
        C.PROCESSORS: "Nazwa podmiotu przetwarzającego i dane kontaktowe (jeśli dotyczy)",
        C.RECIPIENTS: "Kategorie odbiorców (innych niż podmiot przetwarzający)",
        C.SYSTEMS: "Nazwa systemu lub oprogramowania",
        C.TRANSFERS: "Transfer do kraju trzeciego lub organizacji międzynarodowej (nazwa kraju i podmiotu)",
        C.SAFEGUARDS: "Dokumentacja odpowiednich zabezpieczeń (art. 46 i art. 49 ust. 1 akapit drugi)",
        C.SECURITY: (
            "Ogólny opis technicznych i organizacyjnych środków bezpieczeństwa zgodnie z art. 32 ust. 1 "
            "(jeżeli jest to możliwe)"
        ),
        C.ASSESSMENT: "Ocena skutków dla ochrony danych (DPIA)",
        C.CATEGORIES: "Kategorie przetwarzań dokonywanych w imieniu administratora",
        C.PROCESSOR: "Podmiot przetwarzający i dane kontaktowe",
        C.CLIENT: "Administrator, w imieniu którego działa podmiot przetwarzający",
        C.CLIENT_CONTACT: "Dane kontaktowe administratora",
        C.CLIENT_REPRESENTATIVE: "Przedstawiciel tego administratora (jeśli dotyczy)",
        C.CLIENT_DPO: "Inspektor ochrony danych tego administratora (jeśli dotyczy)",
        C.AGREEMENT: "Umowa powierzenia (art. 28 ust. 3)",
    },
    "en": {
        C.CODE: "Code",
        C.NAME: "Processing activity",
        C.UNIT: "Department",
        C.CONTROLLERS: "Controller and contact details",
        C.JOINT: "Joint controller and contact details (if any)",
        C.REPRESENTATIVE: "Representative and contact details (if any)",
        C.DPO: "Data protection officer and contact details (if any)",
        C.PURPOSES: "Purposes of the processing",
        C.PERSONS: "Categories of data subjects",
        C.DATA: "Categories of personal data",
        C.BASIS: "Legal basis",
        C.STATUTE: "Statute",
        C.INTEREST: "Legitimate interest",
        C.SOURCE: "Source of the data",
        C.RETENTION: "Envisaged time limits for erasure (where possible)",
        C.PROCESSORS: "Processor and contact details (if any)",
        C.RECIPIENTS: "Categories of recipients (other than processors)",
        C.SYSTEMS: "System or software",
        C.TRANSFERS: "Transfers to a third country or an international organisation (country and recipient)",
        C.SAFEGUARDS: "Documentation of suitable safeguards (Art. 46 and 49(1), second subparagraph)",
        C.SECURITY: "General description of the technical and organisational security measures (Art. 32(1))",
        C.ASSESSMENT: "Data protection impact assessment (DPIA)",
        C.CATEGORIES: "Categories of processing carried out on behalf of the controller",
        C.PROCESSOR: "Processor acting, and contact details",
        C.CLIENT: "Controller on whose behalf the processor acts",
        C.CLIENT_CONTACT: "Contact details of that controller",
        C.CLIENT_REPRESENTATIVE: "Representative of that controller (if any)",
        C.CLIENT_DPO: "Data protection officer of that controller (if any)",
        C.AGREEMENT: "Contract (Art. 28(3))",
    },
    "hr": {
        C.CODE: "Oznaka",
        C.NAME: "Naziv aktivnosti obrade",
        C.UNIT: "Organizacijska jedinica",
        C.CONTROLLERS: "Voditelj obrade i kontaktni podaci",
        C.JOINT: "Zajednički voditelj obrade i kontaktni podaci (ako postoji)",
        C.REPRESENTATIVE: "Predstavnik i kontaktni podaci (ako postoji)",
        C.DPO: "Službenik za zaštitu podataka i kontaktni podaci (ako postoji)",
        C.PURPOSES: "Svrha obrade",
        C.PERSONS: "Kategorije ispitanika",
        C.DATA: "Kategorije osobnih podataka",
        C.BASIS: "Pravna osnova",
        C.STATUTE: "Propis",
        C.INTEREST: "Legitimni interes",
        C.SOURCE: "Izvor podataka",
        C.RETENTION: "Predviđeni rokovi za brisanje (ako je moguće)",
        C.PROCESSORS: "Izvršitelj obrade i kontaktni podaci (ako postoji)",
        C.RECIPIENTS: "Kategorije primatelja (osim izvršitelja obrade)",
        C.SYSTEMS: "Sustav ili program",
        C.TRANSFERS: "Prijenos u treću zemlju ili međunarodnu organizaciju (zemlja i primatelj)",
        C.SAFEGUARDS: "Dokumentacija o odgovarajućim zaštitnim mjerama (čl. 46. i čl. 49. st. 1. drugi podstavak)",
        C.SECURITY: "Opći opis tehničkih i organizacijskih sigurnosnih mjera (čl. 32. st. 1.)",
        C.ASSESSMENT: "Procjena učinka na zaštitu podataka (DPIA)",
        C.CATEGORIES: "Kategorije obrade koje se obavljaju u ime voditelja obrade",
        C.PROCESSOR: "Izvršitelj koji djeluje i kontaktni podaci",
        C.CLIENT: "Voditelj obrade u čije ime izvršitelj djeluje",
        C.CLIENT_CONTACT: "Kontaktni podaci tog voditelja obrade",
        C.CLIENT_REPRESENTATIVE: "Predstavnik tog voditelja obrade (ako postoji)",
        C.CLIENT_DPO: "Službenik za zaštitu podataka tog voditelja obrade (ako postoji)",
        C.AGREEMENT: "Ugovor (čl. 28. st. 3.)",
    },
}
