"""What the report on the registers of accountability says, in Polish, English and Croatian."""

from __future__ import annotations

from privacy.reports.words import Said, Texts

TITLES = Said("Rejestry rozliczalności", "Registers of accountability", "Evidencije pouzdanosti")
ABOUT = Said(
    "Szkolenia, audyty, oceny skutków, testy równowagi i upoważnienia (art. 5 ust. 2, art. 24, 29, 32 i 35 RODO).",
    "Trainings, audits, impact assessments, balancing tests and authorisations (GDPR Art. 5(2), 24, 29, 32, 35).",
    "Osposobljavanja, revizije, procjene učinka, testovi, ovlaštenja (čl. 5., 24., 29., 32. i 35. GDPR-a).",
)
TEXTS: Texts = {
    "summary": Said("Podsumowanie", "Summary", "Sažetak"),
    "entries": Said("Wpisy", "Entries", "Zapisi"),
    "open_ones": Said("Niezakończone", "Not decided yet", "Još bez odluke"),
    "overdue": Said("Do przeglądu", "To be looked at again", "Za ponovnu provjeru"),
    "trainings": Said("Szkolenia", "Trainings", "Osposobljavanja"),
    "audits": Said("Audyty, kontrole i polityki", "Audits, checks and policies", "Revizije, provjere i politike"),
    "assessments": Said("Oceny skutków i testy", "Assessments and tests", "Procjene i testovi"),
    "authorisations": Said("Upoważnienia", "Authorisations", "Ovlaštenja"),
    "number": Said("Numer", "Number", "Broj"),
    "kind": Said("Rodzaj", "Kind", "Vrsta"),
    "title": Said("Tytuł", "Title", "Naslov"),
    "about": Said("Dotyczy", "About", "Odnosi se na"),
    "owner": Said("Odpowiedzialny", "Owner", "Odgovorna osoba"),
    "held_on": Said("Dzień", "Day", "Dan"),
    "state": Said("Stan", "State", "Stanje"),
    "outcome": Said("Wynik", "Outcome", "Ishod"),
    "decided_on": Said("Zatwierdzono", "Decided on", "Odlučeno"),
    "review_on": Said("Przegląd", "Review", "Provjera"),
    "participants": Said("Uczestnicy", "Participants", "Sudionici"),
    "files": Said("Pliki", "Files", "Datoteke"),
    "holder": Said("Upoważniony", "Holder", "Ovlaštena osoba"),
    "role": Said("Rola", "Role", "Uloga"),
    "scope": Said("Zakres", "Scope", "Opseg"),
    "given_at": Said("Nadano", "Given", "Dano"),
    "given_by": Said("Nadał", "Given by", "Dao"),
    "ends_at": Said("Ważne do", "Ends", "Vrijedi do"),
    "revoked_at": Said("Cofnięto", "Taken back", "Opozvano"),
    "kind.training": Said("szkolenie", "training", "osposobljavanje"),
    "kind.audit": Said("audyt", "audit", "revizija"),
    "kind.dpia": Said("ocena skutków (DPIA)", "impact assessment (DPIA)", "procjena učinka (DPIA)"),
    "kind.lia": Said("test równowagi (LIA)", "balancing test (LIA)", "test razmjernosti (LIA)"),
    "kind.processor_check": Said("kontrola podmiotu przetwarzającego", "check of a processor", "provjera izvršitelja"),
    "kind.policy": Said("polityka", "policy", "politika"),
    "kind.security_test": Said("test zabezpieczeń", "test of security", "ispitivanje sigurnosti"),
    "kind.transfer_assessment": Said(
        "ocena przekazania (TIA)", "transfer assessment (TIA)", "procjena prijenosa (TIA)"
    ),
    "state.open": Said("w toku", "open", "u tijeku"),
    "state.consulting": Said("konsultacje z organem", "the authority is asked", "savjetovanje s tijelom"),
    "state.decided": Said("zatwierdzone", "decided", "odlučeno"),
    "state.superseded": Said("zastąpione", "superseded", "zamijenjeno"),
    "state.cancelled": Said("zaniechane", "given up", "odustano"),
    "outcome.held": Said("odbyło się", "held", "održano"),
    "outcome.compliant": Said("zgodne", "compliant", "usklađeno"),
    "outcome.shortcomings": Said("uchybienia", "shortcomings", "nedostaci"),
    "outcome.serious_shortcomings": Said("poważne uchybienia", "serious shortcomings", "ozbiljni nedostaci"),
    "outcome.acceptable": Said("ryzyko dopuszczalne", "the risk is acceptable", "rizik je prihvatljiv"),
    "outcome.with_measures": Said("dopuszczalne ze środkami", "acceptable with measures", "prihvatljivo uz mjere"),
    "outcome.consult_authority": Said("uprzednie konsultacje", "prior consultation", "prethodno savjetovanje"),
    "outcome.not_carried_out": Said("nie przetwarza się", "not carried out", "ne provodi se"),
    "outcome.adopted": Said("przyjęta", "adopted", "usvojena"),
    "outcome.passed": Said("pozytywny", "passed", "pozitivan"),
    "outcome.passed_with_safeguards": Said(
        "pozytywny z zabezpieczeniami", "passed with safeguards", "pozitivan uz mjere"
    ),
    "outcome.failed": Said("negatywny", "failed", "negativan"),
}
