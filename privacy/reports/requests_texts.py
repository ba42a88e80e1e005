"""Texts of the report on requests of data subjects."""

from __future__ import annotations

from privacy.reports.words import Said, Texts

TITLES = Said(
    "Żądania osób, których dane dotyczą",
    "Requests of data subjects",
    "Zahtjevi ispitanika",
)
ABOUT = Said(
    "Ile żądań wpłynęło, w jakim czasie na nie odpowiedziano i czego odmówiono, na jakiej podstawie "
    "(art. 12 i 15–22 RODO).",
    "How many requests came, how long the answers took, and what was refused on which ground (GDPR Art. 12, 15-22).",
    "Koliko je zahtjeva zaprimljeno, koliko je trajao odgovor i što je odbijeno, uz osnovu (čl. 12. i 15.–22. GDPR-a).",
)
TEXTS: Texts = {
    "summary": Said("Podsumowanie", "Summary", "Sažetak"),
    "received": Said("Wpłynęło w okresie", "Received in the period", "Zaprimljeno u razdoblju"),
    "ended": Said("Zakończono w okresie", "Ended in the period", "Završeno u razdoblju"),
    "answered": Said("Udzielono odpowiedzi w okresie", "Answered in the period", "Odgovoreno u razdoblju"),
    "on_time": Said(
        "Odpowiedzi w terminie (art. 12 ust. 3 i 4 RODO)",
        "Answered in time (GDPR Art. 12(3), (4))",
        "Odgovoreno u roku (čl. 12. st. 3. i 4. GDPR-a)",
    ),
    "extended": Said("Przedłużono termin", "Extended", "Produljen rok"),
    "median": Said("Dni do odpowiedzi, mediana", "Days to the answer, median", "Dana do odgovora, medijan"),
    "slow": Said(
        "Dni do odpowiedzi, 90. percentyl",
        "Days to the answer, 90th percentile",
        "Dana do odgovora, 90. percentil",
    ),
    "slowest": Said("Dni do odpowiedzi, najdłużej", "Days to the answer, longest", "Dana do odgovora, najdulje"),
    "open": Said("W toku", "Open", "U tijeku"),
    "overdue": Said("W toku po terminie", "Open and overdue", "U tijeku nakon roka"),
    "counting": Said(
        "Dni liczy się od dnia po wpływie; odpowiedź jest w terminie, jeśli wyszła najpóźniej w dniu, w którym upływa "
        "termin z uwzględnieniem przedłużenia. Żądania, których akta usunięto po okresie przechowywania, nie są ujęte.",
        "Days are counted from the day after receipt; an answer is in time if it went out on the last day of the term, "
        "with its extension, or before. Requests whose file was deleted after its time are not among them.",
        "Dani se broje od dana nakon zaprimanja; odgovor je u roku ako je poslan najkasnije zadnjeg dana roka, "
        "uključujući produljenje. Zahtjevi čiji je spis izbrisan nakon roka čuvanja nisu obuhvaćeni.",
    ),
    "by_month": Said(
        "Żądania według miesiąca wpływu", "Requests by month of receipt", "Zahtjevi po mjesecu zaprimanja"
    ),
    "month": Said("Miesiąc", "Month", "Mjesec"),
    "requests": Said("Żądania", "Requests", "Zahtjevi"),
    "by_type": Said("Według rodzaju", "By type", "Po vrsti"),
    "type": Said("Rodzaj", "Type", "Vrsta"),
    "by_intake": Said("Według sposobu wniesienia", "By the way they came", "Po načinu podnošenja"),
    "intake": Said("Sposób wniesienia", "Way", "Način"),
    "answered_short": Said("Odpowiedzi", "Answered", "Odgovoreno"),
    "received_short": Said("Wpłynęło", "Received", "Zaprimljeno"),
    "granted": Said("W całości", "Granted", "U cijelosti"),
    "partly": Said("W części", "In part", "Djelomično"),
    "refused": Said("Odmowa", "Refused", "Odbijeno"),
    "in_time": Said("W terminie", "In time", "U roku"),
    "median_short": Said("Dni (mediana)", "Days (median)", "Dana (medijan)"),
    "refusals": Said(
        "Odmowy w okresie według podstawy", "Refusals in the period by ground", "Odbijanja u razdoblju po osnovi"
    ),
    "ground": Said("Podstawa", "Ground", "Osnova"),
    "times": Said("Liczba", "Times", "Broj"),
    "no_refusals": Said(
        "W okresie niczego nie odmówiono.", "Nothing was refused in the period.", "U razdoblju ništa nije odbijeno."
    ),
    "list": Said(
        "Żądania, które wpłynęły lub zostały zakończone w okresie, i żądania w toku",
        "Requests received or ended in the period, and those open",
        "Zahtjevi zaprimljeni ili završeni u razdoblju i oni u tijeku",
    ),
    "number": Said("Numer", "Number", "Broj"),
    "received_on": Said("Wpływ", "Received", "Zaprimljen"),
    "due_on": Said("Termin", "Due", "Rok"),
    "ended_on": Said("Zakończono", "Ended", "Završen"),
    "state_head": Said("Stan", "State", "Stanje"),
    "outcome_head": Said("Wynik", "Outcome", "Ishod"),
    "was_extended": Said("Przedłużono", "Extended", "Produljen"),
    "empty": Said("Nie ma takich żądań.", "There are no such requests.", "Nema takvih zahtjeva."),
    # Types, by the article.
    "case.access": Said("dostęp (art. 15)", "access (Art. 15)", "pristup (čl. 15.)"),
    "case.rectification": Said("sprostowanie (art. 16)", "rectification (Art. 16)", "ispravak (čl. 16.)"),
    "case.erasure": Said("usunięcie (art. 17)", "erasure (Art. 17)", "brisanje (čl. 17.)"),
    "case.restriction": Said("ograniczenie (art. 18)", "restriction (Art. 18)", "ograničenje (čl. 18.)"),
    "case.portability": Said("przeniesienie (art. 20)", "portability (Art. 20)", "prenosivost (čl. 20.)"),
    "case.objection": Said("sprzeciw (art. 21)", "objection (Art. 21)", "prigovor (čl. 21.)"),
    "case.automated_decision_review": Said(
        "decyzja zautomatyzowana (art. 22)", "automated decision (Art. 22)", "automatizirana odluka (čl. 22.)"
    ),
    "case.complaint": Said("skarga do administratora", "complaint to the controller", "pritužba voditelju obrade"),
    "case.authority_letter": Said("pismo organu nadzorczego", "letter of the authority", "dopis nadzornog tijela"),
    "case.disclosure": Said("wniosek o udostępnienie", "request to disclose", "zahtjev za otkrivanje"),
    "intake.portal": Said("portal", "portal", "portal"),
    "intake.api": Said("inny system", "another system", "drugi sustav"),
    "intake.email": Said("e-mail", "e-mail", "e-pošta"),
    "intake.letter": Said("list", "letter", "pismo"),
    "intake.counter": Said("osobiście", "at the counter", "osobno"),
    "intake.e_delivery": Said("e-Doręczenia", "e-delivery", "e-dostava"),
    "intake.agent": Said("pełnomocnik", "representative", "zastupnik"),
    "intake.staff": Said("pracownik", "staff", "zaposlenik"),
    "intake.opendsr": Said("OpenDSR", "OpenDSR", "OpenDSR"),
    "intake.drp": Said("Data Rights Protocol", "Data Rights Protocol", "Data Rights Protocol"),
    "state.open": Said("w toku", "open", "u tijeku"),
    "state.received": Said("wpłynęło", "received", "zaprimljen"),
    "state.identifying": Said("ustalanie tożsamości", "identifying", "utvrđivanje identiteta"),
    "state.clarifying": Said("wyjaśnianie", "clarifying", "pojašnjavanje"),
    "state.assessing": Said("rozpatrywanie", "assessing", "razmatranje"),
    "state.approving": Said("zatwierdzanie", "approving", "odobravanje"),
    "state.cooling_off": Said("czas na cofnięcie", "cooling off", "rok za odustanak"),
    "state.executing": Said("wykonywanie", "executing", "izvršavanje"),
    "state.reviewing": Said("sprawdzanie", "reviewing", "provjera"),
    "state.answering": Said("wysyłanie odpowiedzi", "answering", "slanje odgovora"),
    "state.answered": Said("odpowiedziano", "answered", "odgovoreno"),
    "state.withdrawn": Said("cofnięto", "withdrawn", "povučen"),
    "state.unidentified": Said("nie ustalono osoby", "unidentified", "osoba nije utvrđena"),
    "state.joined": Said("dołączono do innego", "joined to another", "pridružen drugom"),
    "outcome.granted": Said("w całości", "granted", "u cijelosti"),
    "outcome.partly": Said("w części", "in part", "djelomično"),
    "outcome.refused": Said("odmowa", "refused", "odbijen"),
    # Grounds of refusal.
    "ground.17_3_a": Said(
        "wolność wypowiedzi i informacji (art. 17 ust. 3 lit. a)",
        "freedom of expression and information (Art. 17(3)(a))",
        "sloboda izražavanja i informiranja (čl. 17. st. 3. t. (a))",
    ),
    "ground.17_3_b": Said(
        "obowiązek prawny lub zadanie publiczne (art. 17 ust. 3 lit. b)",
        "legal obligation or public task (Art. 17(3)(b))",
        "pravna obveza ili javna zadaća (čl. 17. st. 3. t. (b))",
    ),
    "ground.17_3_c": Said(
        "zdrowie publiczne (art. 17 ust. 3 lit. c)",
        "public health (Art. 17(3)(c))",
        "javno zdravlje (čl. 17. st. 3. t. (c))",
    ),
    "ground.17_3_d": Said(
        "archiwizacja, badania, statystyka (art. 17 ust. 3 lit. d)",
        "archiving, research, statistics (Art. 17(3)(d))",
        "arhiviranje, istraživanje, statistika (čl. 17. st. 3. t. (d))",
    ),
    "ground.17_3_e": Said(
        "roszczenia (art. 17 ust. 3 lit. e)", "legal claims (Art. 17(3)(e))", "pravni zahtjevi (čl. 17. st. 3. t. (e))"
    ),
    "ground.12_5_unfounded": Said(
        "ewidentnie nieuzasadnione (art. 12 ust. 5)",
        "manifestly unfounded (Art. 12(5))",
        "očito neutemeljen (čl. 12. st. 5.)",
    ),
    "ground.12_5_excessive": Said("nadmierne (art. 12 ust. 5)", "excessive (Art. 12(5))", "pretjeran (čl. 12. st. 5.)"),
    "ground.11_2": Said(
        "osoby nie można zidentyfikować (art. 11 ust. 2)",
        "the person cannot be identified (Art. 11(2))",
        "osobu nije moguće identificirati (čl. 11. st. 2.)",
    ),
    "ground.15_4": Said(
        "prawa i wolności innych (art. 15 ust. 4)",
        "rights and freedoms of others (Art. 15(4))",
        "prava i slobode drugih (čl. 15. st. 4.)",
    ),
    "ground.20_4": Said(
        "prawa i wolności innych (art. 20 ust. 4)",
        "rights and freedoms of others (Art. 20(4))",
        "prava i slobode drugih (čl. 20. st. 4.)",
    ),
    "ground.20_1": Said(
        "dane nie podlegają przeniesieniu (art. 20 ust. 1)",
        "not portable (Art. 20(1))",
        "podaci nisu prenosivi (čl. 20. st. 1.)",
    ),
    "ground.21_1": Said(
        "nadrzędne podstawy lub roszczenia (art. 21 ust. 1)",
        "compelling grounds or claims (Art. 21(1))",
        "uvjerljivi razlozi ili zahtjevi (čl. 21. st. 1.)",
    ),
    "ground.17_1": Said(
        "brak podstawy usunięcia (art. 17 ust. 1)",
        "no ground to erase (Art. 17(1))",
        "nema osnove za brisanje (čl. 17. st. 1.)",
    ),
    "ground.18_1": Said(
        "brak podstawy ograniczenia (art. 18 ust. 1)",
        "no ground to restrict (Art. 18(1))",
        "nema osnove za ograničenje (čl. 18. st. 1.)",
    ),
    "ground.16": Said("dane są prawidłowe (art. 16)", "the data are accurate (Art. 16)", "podaci su točni (čl. 16.)"),
    "ground.no_data": Said("brak danych osoby", "no data of the person", "nema podataka o osobi"),
    "ground.6_1": Said(
        "brak podstawy udostępnienia (art. 6 ust. 1)",
        "no basis to disclose (Art. 6(1))",
        "nema osnove za otkrivanje (čl. 6. st. 1.)",
    ),
    "ground.5_1_c": Said(
        "więcej niż niezbędne (art. 5 ust. 1 lit. c)",
        "more than necessary (Art. 5(1)(c))",
        "više nego što je nužno (čl. 5. st. 1. t. (c))",
    ),
    "ground.48": Said("państwo trzecie (art. 48)", "third country (Art. 48)", "treća zemlja (čl. 48.)"),
    "ground.55": Said("organ niewłaściwy", "authority not competent", "tijelo nije nadležno"),
    "ground.secrecy": Said("tajemnica prawnie chroniona", "secrecy by law", "zakonom zaštićena tajna"),
}
