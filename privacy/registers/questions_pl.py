"""The questions of the registers in Polish: what is asked, and what a good answer says."""

from __future__ import annotations

from collections.abc import Mapping

from privacy.registers.vocabulary import EntryKind

_FINDINGS = (
    "Co ustalono?",
    "Każde ustalenie w osobnym akapicie: jak jest, jak powinno być, jak to jest poważne. Proszę napisać także, co było "
    "w porządku.",
)
_RECOMMENDATIONS = (
    "Co należy zrobić, kto i do kiedy?",
    "Na przykład: dział marketingu wycofuje stary formularz ze sklepów do 31 stycznia.",
)

QUESTIONS: Mapping[EntryKind, Mapping[str, tuple[str, str]]] = {
    EntryKind.TRAINING: {
        "programme": (
            "Czego dotyczyło szkolenie?",
            "Tematy i odbiorcy, na przykład: zgody przy kasie, jak rozpoznać żądanie, komu zgłosić naruszenie.",
        ),
        "trainer": ("Kto prowadził szkolenie?", "Imię i nazwisko lub firma oraz wykorzystane materiały."),
        "test": (
            "Jak sprawdzono, że uczestnicy zrozumieli materiał?",
            "Na przykład test z dziesięciu pytań, zaliczony przy ośmiu poprawnych odpowiedziach.",
        ),
    },
    EntryKind.AUDIT: {
        "scope": ("Co objął audyt?", "Jednostki, systemy, czynności przetwarzania i badany okres."),
        "findings": _FINDINGS,
        "recommendations": _RECOMMENDATIONS,
    },
    EntryKind.DPIA: {
        "description": (
            "Co jest przetwarzane, jak, przez kogo i w jakim celu? (art. 35 ust. 7 lit. a)",
            "Operacje od zebrania do usunięcia, dane, osoby, systemy, odbiorcy i terminy usunięcia.",
        ),
        "necessity": (
            "Dlaczego przetwarzanie jest niezbędne i proporcjonalne? (art. 35 ust. 7 lit. b)",
            "Podstawa prawna; dlaczego nie wystarczy mniej danych, mniej osób lub krótszy czas; jak osoby są "
            "informowane i jak korzystają ze swoich praw.",
        ),
        "risks": (
            "Co może się stać osobom, których dane dotyczą? (art. 35 ust. 7 lit. c)",
            "Dla każdego ryzyka: źródło, skutek dla osoby, prawdopodobieństwo i waga. Na przykład: wyciek listy "
            "adresów, po którym osoby dostają fałszywe wiadomości; możliwe, ograniczone.",
        ),
        "measures": (
            "Jakie środki odpowiadają na każde z ryzyk? (art. 35 ust. 7 lit. d)",
            "Środki, zabezpieczenia i mechanizmy bezpieczeństwa, osobno dla każdego ryzyka, oraz dowody, że działają.",
        ),
        "residual_risk": (
            "Jak wysokie jest ryzyko, które pozostaje?",
            "low (niskie), medium (średnie) albo high (wysokie). Przy wysokim przed rozpoczęciem przetwarzania "
            "konsultuje się z organem nadzorczym (art. 36 ust. 1).",
        ),
        "why_needed": (
            "Dlaczego przeprowadza się ocenę? (art. 35 ust. 1, 3 i 4)",
            "Systematyczna ocena osób, szczególne kategorie danych na dużą skalę, monitorowanie miejsc "
            "publicznych albo wykaz Prezesa UODO; zwykle wystarczają dwa z dziewięciu kryteriów WP 248.",
        ),
        "interest": (
            "Jaki prawnie uzasadniony interes jest realizowany, jeżeli jest? (art. 35 ust. 7 lit. a)",
            "Numer testu równowagi, jeżeli go przeprowadzono.",
        ),
        "people_asked": (
            "Co mówią osoby, których dane dotyczą, lub ich przedstawiciele? (art. 35 ust. 9)",
            "Kogo zapytano i co odpowiedział; albo dlaczego nikogo nie zapytano.",
        ),
    },
    EntryKind.LIA: {
        "purpose": (
            "Jaki interes jest realizowany i czyj on jest?",
            "Proszę nazwać go dokładnie i napisać, dlaczego jest zgodny z prawem, rzeczywisty i aktualny. Na przykład: "
            "aby zamówień nie opłacano skradzionymi kartami; nasz i naszych klientów.",
        ),
        "necessity": (
            "Dlaczego nie da się go osiągnąć mniejszym kosztem?",
            "Co jeszcze rozważono i dlaczego to nie wystarczy: mniej danych, dane anonimowe, pytanie o zgodę.",
        ),
        "nature": (
            "Czyje i jakie to dane?",
            "Dzieci, pracownicy, szczególne kategorie, położenie, pieniądze: im bardziej wrażliwe, tym więcej ważą.",
        ),
        "expectations": (
            "Czy osoby się tego spodziewają?",
            "Co i kiedy im powiedziano, skąd nas znają, co jest przyjęte. Na przykład: jest o tym mowa w informacji, "
            "którą przeczytały, zakładając konto.",
        ),
        "impact": (
            "Co to dla nich oznacza?",
            "Dobre i złe skutki, prawdopodobieństwo i waga: odrzucone zamówienie, telefon nie w porę, pominięcie.",
        ),
        "balance": (
            "Czyje interesy przeważają i dlaczego?",
            "Proszę zważyć to, co napisano wyżej. W razie wątpliwości przeważają interesy osób. Sprzeciw wobec "
            "marketingu bezpośredniego zawsze się uwzględnia (art. 21).",
        ),
        "safeguards": (
            "Co przechyla szalę?",
            "Na przykład: pseudonimy, krótki termin, łatwy sprzeciw w każdej wiadomości, decyzję ogląda człowiek.",
        ),
    },
    EntryKind.PROCESSOR_CHECK: {
        "guarantees": (
            "Jakie gwarancje daje podmiot przetwarzający? (art. 28 ust. 1)",
            "Certyfikaty, kodeksy postępowania, odpowiedzi na ankietę, to, co widziano na miejscu.",
        ),
        "agreement": (
            "Czy umowa zawiera wszystko, czego wymaga art. 28 ust. 3?",
            "Polecenia, poufność, bezpieczeństwo, dalsze powierzenie, pomoc przy żądaniach, usunięcie, audyty.",
        ),
        "subprocessors": (
            "Komu podmiot powierza dane dalej i gdzie?",
            "Z nazwami państw i zabezpieczeniami (art. 44).",
        ),
        "recommendations": _RECOMMENDATIONS,
    },
    EntryKind.POLICY: {
        "scope": ("Co reguluje polityka i kogo wiąże?", "Treść proszę dołączyć jako plik."),
        "changes": ("Czym różni się od poprzedniej wersji?", "Oraz kogo i jak o tym powiadomiono."),
    },
    EntryKind.SECURITY_TEST: {
        "scope": ("Co testowano?", "Systemy i to, co chronią. Na przykład: odtworzenie kopii zapasowej sklepu."),
        "method": ("Jak testowano i kto to robił?", "Na przykład: test penetracyjny firmy zewnętrznej, 5 dni."),
        "findings": _FINDINGS,
        "recommendations": _RECOMMENDATIONS,
    },
    EntryKind.TRANSFER_ASSESSMENT: {
        "transfer": (
            "Co jest przekazywane, komu i do jakiego państwa?",
            "Dane, osoby, jak często, dalsze przekazywanie.",
        ),
        "tool": (
            "Na czym opiera się przekazanie? (art. 45-49)",
            "Decyzja o odpowiednim stopniu ochrony, standardowe klauzule, reguły korporacyjne.",
        ),
        "law": (
            "Czy prawo tego państwa na to pozwala?",
            "Dostęp władz, środki odwoławcze, co odbiorca mówi o wnioskach, które otrzymał (C-311/18).",
        ),
        "safeguards": (
            "Jakie dodatkowe środki zastosowano?",
            "Na przykład: szyfrowanie kluczami, które pozostają w Unii.",
        ),
    },
}
