"""The words of the waterfall in Croatian."""

from __future__ import annotations

from privacy.consent.importing.waterfall import NOT_A_CODE, OTHERS, By, Step

STEPS = {
    Step.BROKEN: (
        "Ne može se pročitati",
        "Redak je oštećen ili nepotpun; datoteka odbijenih redaka kaže kako ga popraviti.",
    ),
    Step.SAYS_NOTHING: ("Ne govori ništa", "Redak nema odgovor ni za jednu svrhu i kanal."),
    Step.REFUSED: ("Odbijeno", "Osoba je bila upitana i rekla je ne."),
    Step.WITHDRAWN: ("Privola povučena", "Sam redak ili kasnija izjava povlači privolu."),
    Step.OBJECTED: ("Prigovor", "Osoba je uložila prigovor na takvu uporabu svojih podataka (čl. 21. GDPR-a)."),
    Step.NO_DATE: ("Bez datuma", "Nitko ne zna kada je privola dana, pa ni na koji tekst."),
    Step.FUTURE_DATE: ("Datum u budućnosti", "Privola nosi datum kasniji od dana kada smo je primili."),
    Step.PAIR_UNKNOWN: ("Svrha bez tog kanala", "Program nema takvu svrhu na takvom kanalu."),
    Step.NO_WORDING: ("Bez teksta privole", "Ništa ne kaže na koji je tekst osoba pristala."),
    Step.WORDING_UNKNOWN: (
        "Nepoznat tekst privole",
        "Redak navodi tekst kojeg nema u programu; može se dodati kao povijesni tekst.",
    ),
    Step.WORDING_OUT_OF_PERIOD: ("Tekst izvan svojeg razdoblja", "Tekst nije vrijedio na datum iz retka."),
    Step.WORDING_OTHER_PURPOSE: ("Tekst za drugu svrhu", "Tekst ne traži privolu za tu svrhu."),
    Step.PROOF_TOO_WEAK: ("Preslab dokaz", "Svrha traži jači dokaz nego što ga ovaj izvor daje."),
    Step.MINOR: ("Maloljetna osoba", "Osoba je bila premlada da sama da privolu, a roditelj je nije dao."),
    Step.UNCONFIRMED: ("Nepotvrđeno", "Svrha traži dvostruku potvrdu (double opt-in), a potvrde nema."),
    Step.EXPIRED: ("Privola istekla", "Privola je dana prije previše vremena da bi još vrijedila."),
    Step.SUPERSEDED: ("Potrebna nova privola", "Noviji tekst traži da se privola da iznova."),
    Step.IDENTIFIERS_DISAGREE: (
        "Identifikatori se ne slažu",
        "Identifikatori iz retka pripadaju različitim osobama; redak čeka na provjeru.",
    ),
    Step.CONTACT_UNKNOWN: ("Nepoznat kontakt", "Nije poznata adresa ni broj na koje bi se privola odnosila."),
    Step.SHARED_CONTACT: ("Zajednički kontakt", "Na putu stoji druga osoba koja ima istu adresu ili broj."),
    Step.SUPPRESSED: ("Na popisu isključenih", "Adresa ili broj je na popisu isključenih."),
    Step.STANDING: (
        "Ograničenje, smrt ili brisanje",
        "Osoba je umrla, ograničila obradu ili je njezino brisanje u tijeku.",
    ),
    Step.NO_RECORD: ("Nema zabilježene privole", "Nakon uvoza ništa zabilježeno ne dopušta taj kontakt."),
    Step.MAY_CONTACT: ("Dopušten kontakt", "Osobi se smije obratiti u tu svrhu tim kanalom."),
}
TABLES = {
    By.SOURCE: "Po izvoru",
    By.WORDING: "Po tekstu privole",
    By.YEAR: "Po godini",
    By.PAIR: "Po svrsi i kanalu",
}
PHRASES = {
    "": "nije navedeno",
    OTHERS: "ostali",
    NOT_A_CODE: "nije kod",
    "title": "Koliko privola iz uvoza dopušta kontakt",
    "dry_run": "Proba: ništa nije zapisano",
    "import": "Uvoz",
    "profile": "Profil:",
    "files": "Datoteke:",
    "files_more": "i još {more}",
    "programme": "Program:",
    "programme_version": "verzija {version}, stanje na dan {at}",
    "rows": "Retci:",
    "rows_are": "{rows}, od toga nečitljivi: {broken}, bez odgovora: {nothing}, s unosima: {said} (unosa: {entries})",
    "entry": "Unos je ono što jedan redak kaže o jednoj svrsi i kanalu; redak koji ne kaže ništa računa se kao jedan "
    "unos. Svaki otpada na prvom koraku koji ga zaustavi.",
    "all": "Svi unosi",
    "entries": "Unosi",
    "share": "Udio",
    "permissions": "Dopuštenja za kontakt",
    "permissions_are": "prije: {before}, poslije: {after}; dobiveno: {gained}, izgubljeno: {lost}",
    "permission": "Dopuštenje je jedna osoba ili kontakt, jedna svrha i jedan kanal. Unosi koji dopuštaju kontakt: "
    "{entries}; dopuštenja: {keys}; unosi koji ponavljaju drugi: {repeats}.",
    "step": "Korak",
    "rest": "ostali zajedno: {count}",
    "pages": "stranica {{}} od {{}}",
}
