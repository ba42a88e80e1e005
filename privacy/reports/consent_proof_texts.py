"""Texts of the proof of one person's consents."""

from __future__ import annotations

from privacy.reports.words import Said, Texts

TITLES = Said("Dowód zgód jednej osoby", "Proof of one person's consents", "Dokaz o privolama jedne osobe")
ABOUT = Said(
    "Każde oświadczenie osoby z treścią, którą widziała, i dowodem z dziennika (art. 7 ust. 1 RODO).",
    "Each act of a person with the text that they saw and the proof in the log (GDPR Art. 7(1)).",
    "Svaka izjava osobe s tekstom koji je vidjela i dokazom iz dnevnika (čl. 7. st. 1. GDPR-a).",
)
TEXTS: Texts = {
    "person": Said("Osoba i powód", "The person and the reason", "Osoba i razlog"),
    "subject": Said("Osoba", "Data subject", "Ispitanik"),
    "members": Said("Zapisana jako", "Recorded as", "Zapisana kao"),
    "reason": Said("Powód", "Reason", "Razlog"),
    "reference": Said("Znak sprawy", "Case", "Predmet"),
    "log": Said("Dziennik", "Log", "Dnevnik"),
    "size": Said("Punkt kontrolny (liczba zdarzeń)", "Checkpoint (events)", "Kontrolna točka (broj događaja)"),
    "root": Said("Korzeń drzewa (base64)", "Root of the tree (base64)", "Korijen stabla (base64)"),
    "count": Said("Oświadczenia", "Acts", "Izjave"),
    "erased": Said(
        "Zdarzenia bez treści (usuniętej)", "Events whose content is erased", "Događaji bez sadržaja (izbrisanog)"
    ),
    "acts": Said("Oświadczenia", "Acts", "Izjave"),
    "no_acts": Said("Nie zapisano oświadczeń.", "No act is recorded.", "Nema zapisanih izjava."),
    "act": Said("Oświadczenie", "Act", "Izjava"),
    "id": Said("Identyfikator", "Id", "Oznaka"),
    "kind": Said("Rodzaj", "Kind", "Vrsta"),
    "purpose": Said("Cel", "Purpose", "Svrha"),
    "channel": Said("Kanał", "Channel", "Kanal"),
    "claimed_at": Said("Czas według źródła", "Time as the source says", "Vrijeme prema izvoru"),
    "received_at": Said("Przyjęto", "Received", "Zaprimljeno"),
    "wording": Said("Treść zgody", "Wording", "Tekst privole"),
    "wording_sha256": Said("SHA-256 okazanej treści", "SHA-256 of the text shown", "SHA-256 prikazanog teksta"),
    "notice": Said("Klauzula informacyjna", "Notice", "Obavijest"),
    "source": Said("Źródło", "Source", "Izvor"),
    "proof_head": Said("Rodzaj dowodu", "Grade of proof", "Vrsta dokaza"),
    "effects": Said("Skutek", "Effect", "Učinak"),
    "event": Said("Numer w dzienniku", "Number in the log", "Broj u dnevniku"),
    "receipt": Said("Potwierdzenie", "Receipt", "Potvrda"),
    "texts": Said("Treści, które okazano", "Texts that were shown", "Prikazani tekstovi"),
    "receipts": Said(
        "Podpisane potwierdzenie zgody wydaje się na żądanie pod wskazanym adresem (JSON, JSON-LD albo PDF); nosi "
        "chwilę "
        "wydania, dlatego nie jest częścią tego sprawozdania.",
        "A signed receipt is issued on request at the address that is named (JSON, JSON-LD or PDF); it bears the "
        "moment "
        "of its issue, so it is no part of this report.",
        "Potpisana potvrda izdaje se na zahtjev na navedenoj adresi (JSON, JSON-LD ili PDF); nosi trenutak izdavanja "
        "pa "
        "nije dio ovog izvješća.",
    ),
    "verify": Said(
        "Plik evidence.json w postaci JSON tego sprawozdania zawiera zdarzenia z dowodami; sprawdza je program "
        "privacy-verify z kluczem dziennika, bez dostępu do tego systemu.",
        "The file evidence.json in the JSON form of this report holds the events with their proofs; privacy-verify "
        "checks them with the key of the log, without this service.",
        "Datoteka evidence.json u obliku JSON ovog izvješća sadrži događaje s dokazima; provjerava ih privacy-verify "
        "ključem dnevnika, bez ovog sustava.",
    ),
    "proof.own_act": Said("własny czyn osoby", "the person's own act", "vlastita radnja osobe"),
    "proof.recorded": Said(
        "utrwalony (podpis, nagranie, skan)",
        "recorded (signature, recording, scan)",
        "zabilježen (potpis, snimka, sken)",
    ),
    "proof.staff_claim": Said("oświadczenie pracownika", "a statement of staff", "izjava zaposlenika"),
    "option_subject": Said("Identyfikator osoby", "The person's id", "Oznaka osobe"),
    "option_reason": Said("Powód wglądu", "Why it is looked at", "Razlog uvida"),
    "option_reference": Said(
        "Znak sprawy, bez danych osoby", "The case, without data of the person", "Predmet, bez podataka o osobi"
    ),
    "why.authority": Said("organ nadzorczy", "the supervisory authority", "nadzorno tijelo"),
    "why.complaint": Said("skarga osoby", "a complaint of the person", "pritužba osobe"),
    "why.request": Said("żądanie osoby", "a request of the person", "zahtjev osobe"),
    "why.court": Said("postępowanie sądowe", "a court case", "sudski postupak"),
    "why.audit": Said("audyt", "an audit", "revizija"),
}
