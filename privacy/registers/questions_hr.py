"""The questions of the registers in Croatian: what is asked, and what a good answer says."""

from __future__ import annotations

from collections.abc import Mapping

from privacy.registers.vocabulary import EntryKind

_FINDINGS = (
    "Što je utvrđeno?",
    "Svaki nalaz u zasebnom odlomku: kako jest, kako bi trebalo biti, koliko je ozbiljno. Napišite i što je bilo "
    "u redu.",
)
_RECOMMENDATIONS = (
    "Što treba učiniti, tko i do kada?",
    "Na primjer: odjel marketinga povlači stari obrazac iz trgovina do 31. siječnja.",
)

QUESTIONS: Mapping[EntryKind, Mapping[str, tuple[str, str]]] = {
    EntryKind.TRAINING: {
        "programme": (
            "Što se poučavalo?",
            "Teme i polaznici, na primjer: privole na blagajni, kako prepoznati zahtjev, kome prijaviti povredu.",
        ),
        "trainer": ("Tko je vodio osposobljavanje?", "Ime ili tvrtka te korišteni materijali."),
        "test": (
            "Kako je provjereno da su polaznici razumjeli?",
            "Na primjer test od deset pitanja, s osam točnih odgovora za prolaz.",
        ),
    },
    EntryKind.AUDIT: {
        "scope": ("Što je revidirano?", "Odjeli, sustavi, aktivnosti obrade i promatrano razdoblje."),
        "findings": _FINDINGS,
        "recommendations": _RECOMMENDATIONS,
    },
    EntryKind.DPIA: {
        "description": (
            "Što se obrađuje, kako, tko obrađuje i u koju svrhu? (čl. 35. st. 7. t. (a))",
            "Postupci od prikupljanja do brisanja, podaci, ispitanici, sustavi, primatelji i rokovi.",
        ),
        "necessity": (
            "Zašto je obrada nužna i razmjerna? (čl. 35. st. 7. t. (b))",
            "Pravna osnova; zašto ne bi bilo dovoljno manje podataka, manje ljudi ili kraće vrijeme; kako se "
            "ispitanici obavješćuju i kako ostvaruju prava.",
        ),
        "risks": (
            "Što se ispitanicima može dogoditi? (čl. 35. st. 7. t. (c))",
            "Za svaki rizik: izvor, posljedica za osobu, vjerojatnost i težina. Na primjer: procuri popis adresa i "
            "ljudi dobivaju lažne poruke; moguće, ograničeno.",
        ),
        "measures": (
            "Što se poduzima protiv svakog rizika? (čl. 35. st. 7. t. (d))",
            "Mjere, zaštita i sigurnosni mehanizmi, za svaki rizik zasebno, i što pokazuje da djeluju.",
        ),
        "residual_risk": (
            "Koliki je rizik koji ostaje?",
            "low (nizak), medium (srednji) ili high (visok). Ako je visok, prije početka obrade savjetuje se s "
            "nadzornim tijelom (čl. 36. st. 1.).",
        ),
        "why_needed": (
            "Zašto se procjena provodi? (čl. 35. st. 1., 3. i 4.)",
            "Sustavna procjena osoba, posebne kategorije u velikoj mjeri, praćenje javnih mjesta ili popis nadzornog "
            "tijela; u pravilu su dovoljna dva od devet kriterija iz WP 248.",
        ),
        "interest": (
            "Koji se legitimni interes ostvaruje, ako se ostvaruje? (čl. 35. st. 7. t. (a))",
            "Broj testa razmjernosti, ako postoji.",
        ),
        "people_asked": (
            "Što kažu ispitanici ili njihovi predstavnici? (čl. 35. st. 9.)",
            "Koga ste pitali i što je odgovorio; ili zašto nitko nije pitan.",
        ),
    },
    EntryKind.LIA: {
        "purpose": (
            "Koji se interes ostvaruje i čiji je?",
            "Navedite ga točno i zašto je zakonit, stvaran i sadašnji. Na primjer: da se narudžbe ne plaćaju ukradenim "
            "karticama; naš i naših kupaca.",
        ),
        "necessity": (
            "Zašto se ne može ostvariti s manje?",
            "Što je još razmotreno i zašto ne bi bilo dovoljno: manje podataka, anonimni podaci, traženje privole.",
        ),
        "nature": (
            "Čiji su to podaci i koji?",
            "Djeca, zaposlenici, posebne kategorije, lokacija, novac: što je osjetljivije, to više teži.",
        ),
        "expectations": (
            "Očekuju li ljudi takvu obradu?",
            "Što im je i kada rečeno, otkud nas poznaju, što je uobičajeno. Na primjer: stoji u obavijesti koju su "
            "pročitali pri otvaranju računa.",
        ),
        "impact": (
            "Što to za njih znači?",
            "Dobro i loše, koliko vjerojatno i koliko teško: odbijena narudžba, poziv u nezgodno vrijeme, "
            "izostavljanje.",
        ),
        "balance": (
            "Čiji interesi pretežu i zašto?",
            "Odvagnite gore napisano. U dvojbi pretežu njihovi. Prigovor na izravni marketing uvijek se poštuje "
            "(čl. 21.).",
        ),
        "safeguards": (
            "Što prevagne?",
            "Na primjer: pseudonimi, kratak rok, lagan prigovor u svakoj poruci, odluku pregledava čovjek.",
        ),
    },
    EntryKind.PROCESSOR_CHECK: {
        "guarantees": (
            "Koja jamstva daje izvršitelj obrade? (čl. 28. st. 1.)",
            "Certifikati, kodeksi ponašanja, odgovori na upitnik, ono što je viđeno na mjestu.",
        ),
        "agreement": (
            "Sadržava li ugovor sve iz čl. 28. st. 3.?",
            "Upute, povjerljivost, sigurnost, podizvršitelji, pomoć sa zahtjevima, brisanje, revizije.",
        ),
        "subprocessors": ("Kojim se podizvršiteljima koristi i gdje?", "S državama i zaštitnim mjerama (čl. 44.)."),
        "recommendations": _RECOMMENDATIONS,
    },
    EntryKind.POLICY: {
        "scope": ("Što politika uređuje i koga obvezuje?", "Tekst dodajte kao datoteku."),
        "changes": ("Po čemu se razlikuje od prethodne verzije?", "I tko je o tome obaviješten, i kako."),
    },
    EntryKind.SECURITY_TEST: {
        "scope": ("Što je ispitano?", "Sustavi i što štite. Na primjer: vraćanje sigurnosne kopije trgovine."),
        "method": ("Kako je ispitano i tko je to učinio?", "Na primjer: penetracijski test vanjske tvrtke, 5 dana."),
        "findings": _FINDINGS,
        "recommendations": _RECOMMENDATIONS,
    },
    EntryKind.TRANSFER_ASSESSMENT: {
        "transfer": ("Što se prenosi, kome i u koju državu?", "Podaci, ispitanici, koliko često, daljnji prijenosi."),
        "tool": (
            "Na čemu se prijenos temelji? (čl. 45. do 49.)",
            "Odluka o primjerenosti, standardne klauzule, obvezujuća pravila.",
        ),
        "law": (
            "Poštuje li to pravo te države?",
            "Pristup vlasti, pravna sredstva, što primatelj kaže o zahtjevima koje je dobio (C-311/18).",
        ),
        "safeguards": ("Koje su dodatne mjere poduzete?", "Na primjer: šifriranje ključevima koji ostaju u Uniji."),
    },
}
