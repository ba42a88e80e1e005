"""Letters in Polish."""

from __future__ import annotations

from privacy.dsar.vocabulary import CaseType, Ground

LOCALE = "pl"
MATTERS = {
    CaseType.ACCESS: "żądanie dostępu do danych osobowych (art. 15 RODO)",
    CaseType.RECTIFICATION: "żądanie sprostowania danych osobowych (art. 16 RODO)",
    CaseType.ERASURE: "żądanie usunięcia danych osobowych (art. 17 RODO)",
    CaseType.RESTRICTION: "żądanie ograniczenia przetwarzania danych osobowych (art. 18 RODO)",
    CaseType.PORTABILITY: "żądanie przeniesienia danych osobowych (art. 20 RODO)",
    CaseType.OBJECTION: "sprzeciw wobec przetwarzania danych osobowych (art. 21 RODO)",
    CaseType.AUTOMATED_DECISION_REVIEW: (
        "żądanie ponownego rozpatrzenia zautomatyzowanej decyzji przez człowieka (art. 22 ust. 3 RODO)"
    ),
    CaseType.COMPLAINT: "skarga na przetwarzanie danych osobowych",
    CaseType.AUTHORITY_LETTER: "pismo organu nadzorczego",
    CaseType.DISCLOSURE: "wniosek o udostępnienie danych osobowych",
}

GROUNDS = {
    Ground.FREEDOM_OF_EXPRESSION: (
        "przetwarzanie jest niezbędne do korzystania z prawa do wolności wypowiedzi i informacji "
        "(art. 17 ust. 3 lit. a RODO)"
    ),
    Ground.LEGAL_OBLIGATION: (
        "przetwarzanie jest niezbędne do wywiązania się z prawnego obowiązku wymagającego przetwarzania na mocy prawa "
        "Unii lub prawa państwa członkowskiego, któremu podlega administrator, lub do wykonania zadania realizowanego "
        "w interesie publicznym lub w ramach sprawowania władzy publicznej powierzonej administratorowi "
        "(art. 17 ust. 3 lit. b RODO)"
    ),
    Ground.PUBLIC_HEALTH: (
        "przetwarzanie jest niezbędne z uwagi na względy interesu publicznego w dziedzinie zdrowia publicznego "
        "(art. 17 ust. 3 lit. c RODO)"
    ),
    Ground.ARCHIVING: (
        "przetwarzanie jest niezbędne do celów archiwalnych w interesie publicznym, do celów badań naukowych lub "
        "historycznych lub do celów statystycznych, a usunięcie danych prawdopodobnie uniemożliwiłoby lub poważnie "
        "utrudniło realizację tych celów (art. 17 ust. 3 lit. d RODO)"
    ),
    Ground.LEGAL_CLAIMS: (
        "przetwarzanie jest niezbędne do ustalenia, dochodzenia lub obrony roszczeń (art. 17 ust. 3 lit. e RODO)"
    ),
    Ground.MANIFESTLY_UNFOUNDED: "żądanie jest ewidentnie nieuzasadnione (art. 12 ust. 5 RODO)",
    Ground.EXCESSIVE: (
        "żądanie jest nadmierne, w szczególności ze względu na swój ustawiczny charakter (art. 12 ust. 5 RODO)"
    ),
    Ground.NOT_IDENTIFIABLE: (
        "nie jesteśmy w stanie zidentyfikować osoby, której dane dotyczą (art. 11 ust. 2 i art. 12 ust. 2 RODO); "
        "wrócimy do sprawy, jeśli otrzymamy dodatkowe informacje, które na to pozwolą"
    ),
    Ground.RIGHTS_OF_OTHERS: (
        "prawo do uzyskania kopii danych nie może niekorzystnie wpływać na prawa i wolności innych "
        "(art. 15 ust. 4 RODO)"
    ),
    Ground.PORTABILITY_RIGHTS_OF_OTHERS: (
        "prawo do przenoszenia danych nie może niekorzystnie wpływać na prawa i wolności innych (art. 20 ust. 4 RODO)"
    ),
    Ground.NOT_PORTABLE: (
        "prawo do przenoszenia obejmuje tylko dane dostarczone przez osobę, której dotyczą, przetwarzane w sposób "
        "zautomatyzowany na podstawie zgody lub umowy (art. 20 ust. 1 RODO)"
    ),
    Ground.COMPELLING_GROUNDS: (
        "istnieją ważne prawnie uzasadnione podstawy do przetwarzania, nadrzędne wobec interesów, praw i wolności "
        "osoby, której dane dotyczą, lub podstawy do ustalenia, dochodzenia lub obrony roszczeń (art. 21 ust. 1 RODO)"
    ),
    Ground.NO_GROUND_TO_ERASE: (
        "nie zachodzi żadna z okoliczności, w których administrator ma obowiązek usunąć dane (art. 17 ust. 1 RODO)"
    ),
    Ground.NO_GROUND_TO_RESTRICT: (
        "nie zachodzi żaden z przypadków, w których można żądać ograniczenia przetwarzania (art. 18 ust. 1 RODO)"
    ),
    Ground.ACCURATE: "dane są prawidłowe i kompletne (art. 16 RODO)",
    Ground.NO_DATA: "nie przetwarzamy danych osobowych, których dotyczy żądanie",
    Ground.NO_BASIS_TO_DISCLOSE: (
        "nie wykazano podstawy prawnej, która pozwalałaby nam udostępnić dane (art. 5 ust. 1 lit. a i art. 6 ust. 1 "
        "RODO)"
    ),
    Ground.MORE_THAN_NECESSARY: (
        "zakres danych, o które wystąpiono, wykracza poza to, co niezbędne do podanego celu (art. 5 ust. 1 lit. c RODO)"
    ),
    Ground.THIRD_COUNTRY: (
        "wyrok sądu lub decyzja organu państwa trzeciego, z których wynika wniosek, nie opierają się na umowie "
        "międzynarodowej, a żadna inna podstawa przekazania danych nie zachodzi (art. 48 RODO)"
    ),
    Ground.NOT_COMPETENT: "organ nie jest właściwy w tej sprawie",
    Ground.SECRECY: "wiąże nas tajemnica prawnie chroniona, z której to wystąpienie nas nie zwalnia",
}

COURTS = {
    "PL": "właściwy jest sąd okręgowy (art. 92 i 93 ustawy z dnia 10 maja 2018 r. o ochronie danych osobowych)",
}

PHRASES = {
    "sender": "Nadawca: {sender}",
    "number": "Numer sprawy",
    "dated": "Data",
    "pages": "strona {} z {}",
    "their_reference": "Państwa znak: {reference}",
    "remedies": (
        "Jeśli nie zgadzasz się z nami, możesz wnieść skargę do organu nadzorczego (art. 77 RODO): {authority}. "
        "Niezależnie od tego masz prawo do ochrony prawnej przed sądem (art. 79 RODO){court}."
    ),
    "court": "; {court}",
    "dpo": "{name}, inspektor ochrony danych, {reach}",
    "controller": "{name}, {address}, {reach}",
    "refused": "Podstawa prawna: {ground}.",
    "refused_what": "Odmowa dotyczy: {what}.",
    "refused_facts": "Uzasadnienie: {facts}",
    "heading.refused": "Nie uwzględniliśmy żądania w następującej części:",
    "heading.done": "Co zrobiliśmy:",
    "heading.kept": "Czego nie możemy jeszcze usunąć i do kiedy to przechowujemy. Do tego czasu ograniczamy "
    "przetwarzanie tych danych do tego, co nakazuje prawo:",
    "heading.pseudonymised": "Co zostało poddane pseudonimizacji. Te dane nie zostały usunięte: bez dodatkowych "
    "informacji nie można ich powiązać z Tobą, ale nadal są danymi osobowymi:",
    "heading.excepted": "Czego nie zrobiliśmy i dlaczego:",
    "heading.told": "O zmianie zawiadomiliśmy odbiorców, którym ujawniliśmy dane (art. 19 RODO):",
    "heading.questions": "Prosimy o odpowiedź na pytania:",
    "heading.reasons": "Przyczyny przedłużenia:",
    "heading.corrections": "Sprostowane dane:",
    "heading.purposes": "Zaprzestaliśmy przetwarzania w celach:",
    "way.account": "zaloguj się na swoje konto: {url}",
    "way.code": "podaj kod, który wyślemy na adres lub numer znany nam sprzed zgłoszenia",
    "way.other": "zaproponuj inny sposób. Kontakt: {contact}",
    "cancel.link": "otwórz tę stronę i potwierdź: {link}",
    "cancel.code": "podaj numer sprawy i kod {code} tam, gdzie składa się do nas żądania",
    "cancel.contact": "napisz do nas, podając numer sprawy. Kontakt: {contact}",
    "line.erased": "{system}: usunięte wpisy: {deleted}, zmienione wpisy: {changed}",
    "line.changed": "{system}: zmienione wpisy: {changed}",
    "line.nothing": "{system}: nie znaleźliśmy danych, których dotyczy żądanie",
    "line.unchanged": "{system}: znalezione wpisy: {found}, żadnego nie zmieniono",
    "line.said": "{system}: {said}",
    "line.until_between": "{first} (najstarsze wpisy) – {last} (najnowsze)",
    "line.kept": "{system}, {what}: do {until}; podstawa: art. 17 ust. 3 lit. b lub e RODO",
    "line.kept_statute": "{system}, {what}: do {until}; podstawa: art. 17 ust. 3 lit. b lub e RODO, {statute}",
    "line.kept_open": "{system}, {what}",
    "line.kept_open_statute": "{system}, {what}; podstawa: {statute}",
    "line.field": "{system}, {what}",
    "line.excepted": "{system}: {reason}",
    "line.unable": "{system}, {what}: system nie pozwala na taką zmianę",
    "line.unmarked": "{system}, {what}: system nie ma sposobu oznaczania wpisów jako objętych ograniczeniem; tych "
    "wpisów nie oznaczono",
    "line.objected": "{system}, {what}: system nie pozwala oznaczać wpisów; sprzeciw jest zapisany w naszym rejestrze "
    "zgód i kontaktów i obowiązuje także wobec tych wpisów",
    "line.untold": "odbiorca {recipient} nie został zawiadomiony (art. 19 RODO): {reason}",
    "line.not_named": "odbiorców z kategorii „{recipient}” nie zawiadomiono z osobna: nasze rejestry nie wymieniają "
    "ich z nazwy; zapytaj nas, czy ujawniono im Twoje dane (art. 19 RODO)",
    "tell.erasure": "usunąć dane wraz ze wszystkimi ich kopiami i łączami do nich.",
    "tell.rectification": "sprostować dane. Prawidłowe dane to:",
    "tell.restriction": "ograniczyć przetwarzanie danych: tylko je przechowywać.",
    "tell.objection": "zaprzestać przetwarzania danych w celach, w których je ujawniliśmy.",
    "own_system": "rejestr zgód i kontaktów",
    "outcome.granted": "Uwzględniliśmy żądanie w całości.",
    "outcome.but_kept": "Uwzględniliśmy żądanie w części: niektóre dane mamy z mocy prawa jeszcze przechowywać.",
    "outcome.partly": "Uwzględniliśmy żądanie w części.",
    "outcome.refused": "Nie uwzględniliśmy żądania.",
}
