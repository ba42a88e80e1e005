"""Texts of the record of processing activities beside those of the authority's template, which the programme has."""

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
    "special": Said(
        "Dane szczególnych kategorii (art. 9 i 10)",
        "Special categories (Art. 9 and 10)",
        "Posebne kategorije (čl. 9. i 10.)",
    ),
    "arrangement": Said(
        "Uzgodnienia współadministratorów (art. 26)",
        "Arrangement of joint controllers (Art. 26)",
        "Dogovor zajedničkih voditelja (čl. 26.)",
    ),
    "automated": Said(
        "Decyzje zautomatyzowane (art. 22)", "Automated decisions (Art. 22)", "Automatizirane odluke (čl. 22.)"
    ),
    "no_transfers": Said("nie ma", "none", "nema"),
    "no_activities": Said("Rejestr jest pusty.", "The record is empty.", "Evidencija je prazna."),
    "no_processing": Said(
        "Żaden z administratorów nie przetwarza danych w imieniu innych.",
        "None of the controllers processes data on behalf of others.",
        "Nijedan voditelj ne obrađuje podatke u ime drugih.",
    ),
}
