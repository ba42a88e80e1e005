"""What affected persons are told, in Polish: the parts of a letter, and what they can do by the kind of data."""

from __future__ import annotations

from privacy.breach.telling.advice import Advice

LOCALE = "pl"
PHRASES = {
    "opening": (
        "zawiadamiamy o naruszeniu ochrony danych osobowych, które dotyczy Twoich danych. Wyjaśniamy, co się stało, "
        "co z tego może wyniknąć i co możesz zrobić (art. 34 RODO)."
    ),
    "guardian": (
        "Piszemy do Ciebie jako rodzica lub opiekuna prawnego: naruszenie dotyczy danych dziecka, w którego imieniu "
        "wyrażono u nas zgodę."
    ),
    "happened": "Co się stało",
    "data": "Których danych to dotyczy",
    "consequences": "Co może z tego wyniknąć",
    "measures": "Co zrobiliśmy i co jeszcze zrobimy",
    "advice": "Co możesz zrobić",
    "contact": "Kogo zapytać",
    "when.point": "Naruszenie nastąpiło: {start}.",
    "when.range": "Naruszenie trwało od: {start}, do: {end}.",
    "when.ongoing": "Naruszenie trwa od: {start}.",
    "dpo": "Pytania przyjmuje {name}, inspektor ochrony danych, {reach}. Prosimy o podanie numeru {number}.",
    "controller": "Pytania przyjmuje {name}, {address}, {reach}. Prosimy o podanie numeru {number}.",
    "notice.title": "Komunikat o naruszeniu ochrony danych osobowych",
    "notice.opening": (
        "{controller} zawiadamia o naruszeniu ochrony danych osobowych. Komunikat jest skierowany do osób, do których "
        "nie możemy napisać bezpośrednio (art. 34 ust. 3 lit. c RODO)."
    ),
    "notice.footer": "Sprawa nr {number}, {day}",
    "pages": "strona {} z {}",
    "rehearsal": "ĆWICZENIE",
    "rehearsal.line": "To jest ćwiczenie. Nic się nie stało i ten tekst nie jest do nikogo wysyłany.",
    "where.letter": "w liście, który wysyłamy pocztą",
    "number": "Numer sprawy",
    "dated": "Data",
}

ADVICE = {
    Advice.PESEL: (
        "Zastrzeż numer PESEL: w aplikacji mObywatel, na stronie gov.pl albo w dowolnym urzędzie gminy. Zastrzeżenie "
        "jest bezpłatne i można je w każdej chwili cofnąć. Bank lub firma pożyczkowa musi je sprawdzić, zanim udzieli "
        "kredytu lub pożyczki na Twoje dane."
    ),
    Advice.CREDIT_REPORT: (
        "Sprawdź w Biurze Informacji Kredytowej (BIK), czy nikt nie zaciągnął zobowiązania na Twoje dane; możesz tam "
        "włączyć powiadomienia o nowych zapytaniach."
    ),
    Advice.IDENTITY_DOCUMENT: (
        "Zastrzeż dokument tożsamości w swoim banku (system Dokumenty Zastrzeżone) i rozważ jego wymianę: dowodu "
        "osobistego w urzędzie gminy, w aplikacji mObywatel lub na gov.pl, paszportu w punkcie paszportowym, innego "
        "dokumentu w urzędzie, który go wydał."
    ),
    Advice.CREDENTIALS: (
        "Zmień hasło do konta u nas i wszędzie tam, gdzie używasz takiego samego lub podobnego. Użyj innego hasła w "
        "każdym serwisie i włącz logowanie dwuetapowe tam, gdzie to możliwe."
    ),
    Advice.PAYMENT: (
        "Zadzwoń do swojego banku i poproś o zastrzeżenie karty lub o wskazówki, a transakcje na koncie sprawdzaj "
        "częściej niż zwykle. Transakcję, której nie było z Twojej woli, zgłoś bankowi od razu."
    ),
    Advice.PHISHING: (
        "Uważaj na e-maile, SMS-y i telefony od osób, które powołują się na nas, na bank lub urząd. Nie podawaj haseł "
        "ani kodów, nie klikaj w linki i nie instaluj programów; w razie wątpliwości zadzwoń pod numer, który znasz."
    ),
    Advice.SENSITIVE: (
        "Jeśli ktoś grozi ujawnieniem tych danych albo żąda pieniędzy, nie płać i zgłoś to Policji; napisz też do nas."
    ),
    Advice.SAFETY: (
        "Jeśli obawiasz się o swoje bezpieczeństwo, bo ktoś może znać Twój adres lub miejsce pobytu, zadzwoń pod "
        "numer 112."
    ),
    Advice.POLICE: (
        "Jeśli ktoś użyje Twoich danych bez Twojej wiedzy, zgłoś to Policji i zachowaj tę wiadomość jako dowód."
    ),
}
