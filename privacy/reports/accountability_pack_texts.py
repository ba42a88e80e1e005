"""Texts of the accountability pack."""

from __future__ import annotations

from privacy.reports.words import Said, Texts

TITLES = Said("Pakiet rozliczalności", "Accountability pack", "Paket pouzdanosti")
ABOUT = Said(
    "Wszystkie sprawozdania za okres w jednym podpisanym archiwum, które każdy może sprawdzić (art. 5 ust. 2 RODO).",
    "All reports of a period in one signed archive that anybody can verify (GDPR Art. 5(2)).",
    "Sva izvješća za razdoblje u jednoj potpisanoj arhivi koju može provjeriti svatko (čl. 5. st. 2. GDPR-a).",
)
TEXTS: Texts = {
    "verify": Said(
        "Archiwum sprawdzi każdy komputer z Pythonem 3.9 lub nowszym, kluczem dziennika otrzymanym od administratora "
        "inną drogą niż archiwum:",
        "Verify it on any machine with Python 3.9 or newer, with the log's key as the controller gave it to you by "
        "another way than the archive:",
        "Arhivu može provjeriti svako računalo s Pythonom 3.9 ili novijim, ključem dnevnika koji je voditelj obrade "
        "dao drugim putem:",
    ),
    "events_file": Said(
        "wylosowane zdarzenia, każde z dowodem do punktu kontrolnego",
        "the events drawn by lot, each with its proof to the checkpoint",
        "izvučeni događaji, svaki s dokazom do kontrolne točke",
    ),
    "contents_file": Said(
        "czym jest każdy plik: sprawozdanie i parametry",
        "what each file is: its report and parameters",
        "što je koja datoteka: izvješće i parametri",
    ),
    "manifest_file": Said(
        "skrót SHA-256 i wielkość każdego pliku, podpisane oświadczenie, punkt kontrolny",
        "SHA-256 and size of each file, the signed statement, the checkpoint",
        "SHA-256 i veličina svake datoteke, potpisana izjava, kontrolna točka",
    ),
    "again": Said(
        "Ten sam pakiet powstanie ponownie z tych samych danych, jeśli podać ten sam okres, dzień, ziarno "
        "i liczbę zdarzeń punktu kontrolnego: {size}.",
        "The same pack is made again from the same data where the same period, day and seed are given, and the number "
        "of events of the checkpoint: {size}.",
        "Isti paket ponovno nastaje iz istih podataka ako se navedu isto razdoblje, dan, sjeme i broj događaja "
        "kontrolne točke: {size}.",
    ),
}
