"""Texts of the file of a campaign."""

from __future__ import annotations

from privacy.reports.words import Said, Texts

TITLES = Said(
    "Akta kampanii: sprawdzenie listy", "File of a campaign: the check of its list", "Spis kampanje: provjera popisa"
)
ABOUT = Said(
    "Dowód, że lista odbiorców kampanii została sprawdzona: skrót listy, stan na chwilę, powody, podpis dziennika.",
    "The proof that the list of a campaign was checked: the hash of the list, as of when, the reasons, our signature.",
    "Dokaz da je popis primatelja kampanje provjeren: sažetak popisa, stanje u trenutku, razlozi, naš potpis.",
)
TEXTS: Texts = {
    "check": Said("Sprawdzenie", "The check", "Provjera"),
    "asked_by": Said("Kto pytał", "Asked by", "Tko je pitao"),
    "purpose": Said("Cel", "Purpose", "Svrha"),
    "channel": Said("Kanał", "Channel", "Kanal"),
    "as_of_moment": Said("Stan na", "As of", "Stanje na"),
    "answered": Said("Odpowiedziano", "Answered", "Odgovoreno"),
    "expires": Said("Ważne do", "Good until", "Vrijedi do"),
    "count": Said("Osób na liście", "People on the list", "Osoba na popisu"),
    "allowed_count": Said("W tym dozwolonych", "Of them allowed", "Od toga dopuštenih"),
    "root": Said("Skrót listy z odpowiedziami", "Hash of the list with its answers", "Sažetak popisa s odgovorima"),
    "statement": Said(
        "SHA-256 podpisanego oświadczenia", "SHA-256 of the signed statement", "SHA-256 potpisane izjave"
    ),
    "genuine": Said("Podpisał nasz dziennik", "Signed by our log", "Potpisao naš dnevnik"),
    "matches": Said(
        "Okazana lista i odpowiedzi są tymi, które podpisano",
        "The list and answers shown are those that were signed",
        "Predočeni popis i odgovori oni su koji su potpisani",
    ),
    "programme_then": Said(
        "Wersja programu w tej chwili", "Version of the programme then", "Verzija programa u tom trenutku"
    ),
    "basis": Said("Podstawa prawna celu", "Legal basis of the purpose", "Pravna osnova svrhe"),
    "reasons": Said("Odpowiedzi według powodu", "Answers by reason", "Odgovori po razlogu"),
    "reason_head": Said("Powód", "Reason", "Razlog"),
    "allowed": Said("Wolno", "Allowed", "Dopušteno"),
    "people": Said("Osoby", "People", "Osobe"),
    "no_reasons": Said(
        "Odpowiedzi nie okazano; z podpisanego oświadczenia wiadomo tylko, ilu osobom wolno wysłać.",
        "The answers were not shown; the signed statement alone says to how many it is allowed.",
        "Odgovori nisu predočeni; iz potpisane izjave poznato je samo kolikom je broju dopušteno.",
    ),
    "wordings": Said(
        "Treści zgody obowiązujące w tej chwili", "Wordings in force then", "Tekstovi privole na snazi u tom trenutku"
    ),
    "wording": Said("Treść zgody", "Wording", "Tekst privole"),
    "version": Said("Wersja", "Version", "Verzija"),
    "language": Said("Język", "Language", "Jezik"),
    "sha256": Said("SHA-256", "SHA-256", "SHA-256"),
    "how": Said(
        "Podpisane oświadczenie sprawdza program privacy-verify z kluczem dziennika. Skrót listy obejmuje każdą osobę "
        "tak, "
        "jak ją podano, i jej odpowiedź, w kolejności listy; sama lista pozostaje u tego, kto pytał.",
        "privacy-verify checks the signed statement with the key of the log. The hash covers each person as they were "
        "named, and the answer, in the order of the list; the list itself stays with whoever asked.",
        "Potpisanu izjavu provjerava privacy-verify ključem dnevnika. Sažetak obuhvaća svaku osobu kako je navedena i "
        "njezin odgovor, redom popisa; sam popis ostaje kod onoga tko je pitao.",
    ),
    "option_answer": Said(
        "Plik z odpowiedzią na sprawdzenie listy (JSON, z receipt)",
        "File with the answer to the check of the list (JSON, with its receipt)",
        "Datoteka s odgovorom na provjeru popisa (JSON, s receipt)",
    ),
    "option_asked": Said(
        "Plik z pytaniem, tak jak je wysłano (JSON, z subjects); wtedy lista zostanie porównana z podpisem",
        "File with the question as it was sent (JSON, with subjects); the list is then compared with the signature",
        "Datoteka s upitom kako je poslan (JSON, sa subjects); popis se tada uspoređuje s potpisom",
    ),
    "reason.channel_not_allowed": Said(
        "cel nie używa tego kanału", "the purpose does not use the channel", "svrha ne koristi taj kanal"
    ),
    "reason.deceased": Said("osoba zmarła", "deceased", "osoba je umrla"),
    "reason.suppressed": Said("adres wstrzymany", "suppressed", "adresa je blokirana"),
    "reason.objected": Said("sprzeciw", "objected", "prigovor"),
    "reason.restricted": Said("ograniczenie (art. 18)", "restricted (Art. 18)", "ograničenje (čl. 18.)"),
    "reason.erasure_pending": Said("trwa usuwanie danych", "erasure pending", "brisanje u tijeku"),
    "reason.withdrawn": Said("zgoda wycofana", "withdrawn", "privola povučena"),
    "reason.refused": Said("odmowa", "refused", "odbijeno"),
    "reason.minor": Said("osoba małoletnia", "minor", "maloljetnik"),
    "reason.shared_contact": Said("wspólny adres", "shared contact", "zajednička adresa"),
    "reason.insufficient_proof": Said("niewystarczający dowód", "insufficient proof", "nedovoljan dokaz"),
    "reason.superseded": Said("treść zastąpiona nową", "superseded", "zamijenjeno novim tekstom"),
    "reason.expired": Said("zgoda wygasła", "expired", "isteklo"),
    "reason.requested": Said("czeka na potwierdzenie", "waiting for confirmation", "čeka potvrdu"),
    "reason.contact_unknown": Said("nieznany kontakt", "contact unknown", "nepoznat kontakt"),
    "reason.no_record": Said("brak zapisu", "no record", "nema zapisa"),
    "reason.other_legal_basis": Said("inna podstawa prawna", "other legal basis", "druga pravna osnova"),
    "reason.given": Said("zgoda udzielona", "given", "privola dana"),
}
