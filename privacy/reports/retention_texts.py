"""Texts of the report on retention."""

from __future__ import annotations

from privacy.reports.words import Said, Texts

TITLES = Said("Przechowywanie i usuwanie danych", "Retention and disposal of data", "Čuvanje i brisanje podataka")
ABOUT = Said(
    "Co usunięto po upływie terminu, co wstrzymano i co jest przechowywane po terminie (art. 5 ust. 1 lit. e RODO).",
    "What was disposed of when its time was up, what is held, what is kept past its time (GDPR Art. 5(1)(e)).",
    "Što je izbrisano po isteku roka, što je zadržano i što se čuva nakon roka (čl. 5. st. 1. t. (e) GDPR-a).",
)
TEXTS: Texts = {
    "summary": Said("Podsumowanie", "Summary", "Sažetak"),
    "runs_ended": Said("Zakończone przebiegi usuwania", "Disposal runs that ended", "Završeni postupci brisanja"),
    "deleted": Said("Usunięte wiersze", "Rows deleted", "Izbrisani redci"),
    "changed": Said("Zmienione wiersze", "Rows changed", "Promijenjeni redci"),
    "stayed": Said("Wiersze, które zostały", "Rows that stayed", "Redci koji su ostali"),
    "holds_in_force": Said("Obowiązujące wstrzymania", "Legal holds in force", "Zadržavanja na snazi"),
    "overdue_rows": Said(
        "Wiersze przechowywane po terminie", "Rows kept past their time", "Redci koji se čuvaju nakon roka"
    ),
    "runs": Said(
        "Przebiegi usuwania zakończone w okresie",
        "Disposal runs that ended in the period",
        "Postupci brisanja završeni u razdoblju",
    ),
    "number": Said("Numer", "Number", "Broj"),
    "as_of_day": Said("Terminy do dnia", "Time up by", "Rok istekao do"),
    "ended": Said("Zakończono", "Ended", "Završeno"),
    "state_head": Said("Stan", "State", "Stanje"),
    "agreed": Said("Zgód", "Agreed", "Suglasnih"),
    "left": Said("Zostało", "Left", "Ostalo"),
    "system": Said("System", "System", "Sustav"),
    "place": Said("Tabela", "Table", "Tablica"),
    "by_place": Said("Usunięto i zmieniono", "Deleted and changed", "Izbrisano i promijenjeno"),
    "by_hand": Said("Ręcznie", "By hand", "Ručno"),
    "run": Said("Przebieg", "Run", "Postupak"),
    "stays": Said("Co zostało i dlaczego", "What stayed, and why", "Što je ostalo i zašto"),
    "why_head": Said("Dlaczego", "Why", "Zašto"),
    "rows": Said("Wiersze", "Rows", "Redci"),
    "holds": Said("Wstrzymania usunięcia", "Legal holds", "Zadržavanja od brisanja"),
    "reference": Said("Sprawa", "Case", "Predmet"),
    "statute": Said("Podstawa prawna", "Statute", "Pravna osnova"),
    "scope": Said("Systemy i kategorie", "Systems and categories", "Sustavi i kategorije"),
    "people": Said("Osoby", "People", "Osobe"),
    "placed": Said("Ustanowiono", "Placed", "Uspostavljeno"),
    "review": Said("Przegląd", "Review", "Preispitivanje"),
    "released": Said("Zwolniono", "Released", "Ukinuto"),
    "overdue": Said(
        "Co jest przechowywane po terminie lub bez końca",
        "What is kept past its time or without an end",
        "Što se čuva nakon roka ili bez kraja",
    ),
    "kind_head": Said("Ustalenie", "Finding", "Nalaz"),
    "rule": Said("Reguła", "Rule", "Pravilo"),
    "since": Said("Od", "Since", "Od"),
    "overdue_nothing": Said(
        "Nic nie jest przechowywane po terminie.", "Nothing is kept past its time.", "Ništa se ne čuva nakon roka."
    ),
    "overdue_unknown": Said(
        "Co jest przechowywane po terminie, wiadomo tylko na dzień dzisiejszy: systemy nie mówią o przeszłości.",
        "What is kept past its time is known of today alone: systems do not tell of the past.",
        "Što se čuva nakon roka poznato je samo za današnji dan: sustavi ne govore o prošlosti.",
    ),
    "rules": Said("Reguły przechowywania", "Retention rules", "Pravila čuvanja"),
    "period_head": Said("Okres", "Period", "Razdoblje"),
    "starts": Said("Początek", "Beginning", "Početak"),
    "action": Said("Działanie", "Action", "Radnja"),
    "approvals": Said("Zgód", "Approvals", "Suglasnosti"),
    "none": Said("Nie ma.", "None.", "Nema."),
    "state.done": Said("zakończony", "done", "završen"),
    "state.cancelled": Said("przerwany", "broken off", "prekinut"),
    "why.held": Said("objęte wstrzymaniem usunięcia", "under a legal hold", "zadržano zbog postupka"),
    "why.referred_to": Said(
        "potrzebne wierszom, które zostają", "needed by rows that stay", "potrebno redcima koji ostaju"
    ),
    "why.warning": Said(
        "osoba uprzedzona, czas nie minął", "the person was warned, the time is not over", "osoba upozorena, rok teče"
    ),
    "why.kept": Said("tak zdecydowano", "somebody decided so", "tako je odlučeno"),
    "why.not_warned": Said(
        "nie udało się uprzedzić osoby", "the person could not be warned", "osobu nije bilo moguće upozoriti"
    ),
    "why.review": Said("reguła wymaga przejrzenia", "the rule wants a review", "pravilo traži pregled"),
    "why.changed": Said("zmieniły się w międzyczasie", "changed meanwhile", "u međuvremenu promijenjeno"),
    "why.too_much": Said(
        "odwołuje się do nich zbyt wiele wierszy", "too many rows refer to them", "na njih upućuje previše redaka"
    ),
    "why.unreadable": Said("brak klucza wiersza", "the row has no key", "redak nema ključ"),
    "kind.past_date": Said("po terminie", "past its time", "nakon roka"),
    "kind.no_start": Said("nieznany początek terminu", "start of the time unknown", "nepoznat početak roka"),
    "kind.no_rule": Said("brak reguły dla tabeli", "no rule for the table", "nema pravila za tablicu"),
    "kind.no_place": Said("reguła niczego nie dotyczy", "the rule is about nothing", "pravilo se ni na što ne odnosi"),
    "kind.away": Said("system nie odpowiedział", "the system did not answer", "sustav nije odgovorio"),
    "kind.cut_short": Said("nie zdążono sprawdzić", "there was no time to look", "nije bilo vremena za provjeru"),
    "action.erase": Said("usunięcie", "erasure", "brisanje"),
    "action.anonymise": Said("anonimizacja", "anonymisation", "anonimizacija"),
    "action.restrict": Said("ograniczenie", "restriction", "ograničenje"),
    "action.review": Said("przegląd", "review", "pregled"),
}
