"""Texts of the record of processing activities, by the letters of Art. 30."""

from __future__ import annotations

from privacy.reports.words import Said, Texts

TITLES = Said(
    "Rejestr czynności przetwarzania danych osobowych",
    "Record of processing activities",
    "Evidencija aktivnosti obrade",
)
ABOUT = Said(
    "Rejestr administratora (art. 30 ust. 1 RODO) i rejestr podmiotu przetwarzającego (art. 30 ust. 2 RODO).",
    "The record of the controller (GDPR Art. 30(1)) and that of the processor (Art. 30(2)), every field.",
    "Evidencija voditelja obrade (čl. 30. st. 1. GDPR-a) i evidencija izvršitelja obrade (čl. 30. st. 2. GDPR-a).",
)
TEXTS: Texts = {
    "controller_record": Said(
        "Rejestr czynności przetwarzania (art. 30 ust. 1 RODO)",
        "Record of processing activities (GDPR Art. 30(1))",
        "Evidencija aktivnosti obrade (čl. 30. st. 1. GDPR-a)",
    ),
    "processor_record": Said(
        "Rejestr kategorii czynności przetwarzania (art. 30 ust. 2 RODO)",
        "Record of categories of processing on behalf of others (GDPR Art. 30(2))",
        "Evidencija kategorija aktivnosti obrade za druge (čl. 30. st. 2. GDPR-a)",
    ),
    "activity": Said("Czynność przetwarzania", "Processing activity", "Aktivnost obrade"),
    "code": Said("Kod", "Code", "Oznaka"),
    "unit": Said("Jednostka organizacyjna", "Department", "Odjel"),
    "controllers_head": Said("Administrator (lit. a)", "Controller (a)", "Voditelj obrade (t. (a))"),
    "joint": Said("Współadministratorzy (lit. a)", "Joint controllers (a)", "Zajednički voditelji (t. (a))"),
    "representative": Said("Przedstawiciel (lit. a)", "Representative (a)", "Predstavnik (t. (a))"),
    "dpo": Said(
        "Inspektor ochrony danych (lit. a)", "Data protection officer (a)", "Službenik za zaštitu podataka (t. (a))"
    ),
    "purposes": Said("Cele przetwarzania (lit. b)", "Purposes (b)", "Svrhe obrade (t. (b))"),
    "legal_basis": Said("Podstawa prawna", "Legal basis", "Pravna osnova"),
    "statute": Said("Przepis szczególny", "Statute", "Propis"),
    "interest": Said("Prawnie uzasadniony interes", "Legitimate interest", "Legitimni interes"),
    "persons": Said("Kategorie osób (lit. c)", "Categories of persons (c)", "Kategorije ispitanika (t. (c))"),
    "data": Said("Kategorie danych (lit. c)", "Categories of data (c)", "Kategorije podataka (t. (c))"),
    "special": Said("dane szczególnych kategorii", "special category", "posebna kategorija"),
    "source": Said("Źródło danych", "Source of the data", "Izvor podataka"),
    "recipients": Said("Kategorie odbiorców (lit. d)", "Recipients (d)", "Kategorije primatelja (t. (d))"),
    "processors": Said("Podmioty przetwarzające (lit. d)", "Processors (d)", "Izvršitelji obrade (t. (d))"),
    "transfers": Said(
        "Przekazania do państw trzecich (lit. e)",
        "Transfers to third countries (e)",
        "Prijenosi u treće zemlje (t. (e))",
    ),
    "no_transfers": Said("nie ma", "none", "nema"),
    "no_safeguard": Said("nie podano zabezpieczenia", "no safeguard is named", "zaštitna mjera nije navedena"),
    "erasure": Said(
        "Planowane terminy usunięcia (lit. f)", "Time limits for erasure (f)", "Rokovi za brisanje (t. (f))"
    ),
    "erasure_of": Said("{categories}: {rule}", "{categories}: {rule}", "{categories}: {rule}"),
    "from_start": Said("{period} {start}", "{period} {start}", "{period} {start}"),
    "security": Said(
        "Środki techniczne i organizacyjne (lit. g)",
        "Technical and organisational measures (g)",
        "Tehničke i organizacijske mjere (t. (g))",
    ),
    "systems": Said("Systemy", "Systems", "Sustavi"),
    "dpia": Said("Ocena skutków (art. 35)", "Impact assessment (Art. 35)", "Procjena učinka (čl. 35.)"),
    "automated": Said(
        "Decyzje zautomatyzowane (art. 22)", "Automated decisions (Art. 22)", "Automatizirane odluke (čl. 22.)"
    ),
    "service": Said("Przetwarzanie w imieniu", "Processing on behalf of", "Obrada u ime"),
    "processor": Said("Podmiot przetwarzający (lit. a)", "Processor (a)", "Izvršitelj obrade (t. (a))"),
    "their_representative": Said(
        "Przedstawiciel administratora (lit. a)",
        "The controller's representative (a)",
        "Predstavnik voditelja (t. (a))",
    ),
    "their_dpo": Said(
        "Inspektor administratora (lit. a)",
        "The controller's data protection officer (a)",
        "Službenik voditelja (t. (a))",
    ),
    "categories": Said("Kategorie przetwarzań (lit. b)", "Categories of processing (b)", "Kategorije obrade (t. (b))"),
    "their_transfers": Said(
        "Przekazania do państw trzecich (lit. c)",
        "Transfers to third countries (c)",
        "Prijenosi u treće zemlje (t. (c))",
    ),
    "their_security": Said(
        "Środki techniczne i organizacyjne (lit. d)",
        "Technical and organisational measures (d)",
        "Tehničke i organizacijske mjere (t. (d))",
    ),
    "sub_processors": Said("Dalsze podmioty przetwarzające", "Other processors", "Drugi izvršitelji obrade"),
    "agreement": Said("Umowa powierzenia (art. 28 ust. 3)", "Contract (Art. 28(3))", "Ugovor (čl. 28. st. 3.)"),
    "no_activities": Said("Rejestr jest pusty.", "The record is empty.", "Evidencija je prazna."),
    "no_processing": Said(
        "Żaden z administratorów nie przetwarza danych w imieniu innych.",
        "None of the controllers processes data on behalf of others.",
        "Nijedan voditelj ne obrađuje podatke u ime drugih.",
    ),
}
