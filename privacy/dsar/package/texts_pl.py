"""The Polish words of a package."""

from __future__ import annotations

from collections.abc import Mapping

TEXTS: Mapping[str, Mapping[str, str]] = {
    "phrases": {
        "title_access": "Jakie dane o Tobie przetwarzamy",
        "title_portability": "Twoje dane do przeniesienia",
        "intro_access": "Wpłynęło do nas żądanie dostępu do Twoich danych osobowych (art. 15 RODO). Oto odpowiedź: "
        "najpierw informacje, których wymaga prawo, potem to, co znaleźliśmy, system po systemie. Same dane są "
        "w folderze „data”: w formacie JSON dla programów i CSV dla arkuszy kalkulacyjnych.",
        "intro_portability": "Wpłynęło do nas żądanie wydania danych, które od Ciebie pochodzą, do zachowania lub "
        "przekazania komuś innemu (art. 20 RODO). Są w folderze „data” w formatach JSON i CSV. Folder „schemas” "
        "opisuje pliki JSON. Jest tu tylko to, co pochodzi od Ciebie lub z obserwacji Twoich działań, i tylko tam, "
        "gdzie przetwarzamy dane na podstawie Twojej zgody lub umowy z Tobą.",
        "request": "Żądanie",
        "received": "Otrzymano",
        "made": "Odpowiedź z dnia",
        "pages": "strona {} z {}",
        "controllers": "Administrator danych",
        "joint": "Współadministratorzy (art. 26 RODO)",
        "dpo": "Inspektor ochrony danych",
        "purposes": "W jakich celach przetwarzamy Twoje dane",
        "basis": "Podstawa prawna",
        "interest": "Prawnie uzasadniony interes",
        "statute": "Przepis",
        "data": "Dane",
        "kept": "Okres przechowywania",
        "kept_for": "{period} {starts}",
        "own_purpose": "Ewidencja zgód, sprzeciwów i żądań",
        "own_purpose_text": "Przechowujemy informacje o tym, na co wyrażono zgodę, czego odmówiono i czego zażądano, "
        "aby tego przestrzegać i móc to wykazać. Podstawa prawna: obowiązek prawny (art. 6 ust. 1 lit. c w zw. z "
        "art. 5 ust. 2, art. 7 ust. 1 i art. 12 RODO).",
        "no_purposes": "Nie znaleźliśmy danych o Tobie, które służyłyby któremuś z naszych celów.",
        "categories": "Kategorie Twoich danych",
        "recipients": "Komu ujawniono lub ujawnia się Twoje dane",
        "by_name": "Odbiorcy z nazwy",
        "by_category": "Odbiorcy znani nam tylko według kategorii",
        "processors": "Kto przetwarza dane w naszym imieniu",
        "told": "Powiadomieni o sprostowaniu, usunięciu lub ograniczeniu (art. 19 RODO)",
        "no_recipients": "Nikomu poza nami i tymi, którzy przetwarzają dane w naszym imieniu.",
        "transfers": "Przekazywanie poza Europejski Obszar Gospodarczy",
        "no_transfers": "Twoje dane nie są przekazywane poza Europejski Obszar Gospodarczy.",
        "transfer": "{country}; zabezpieczenie: {safeguard}. Jego kopię można otrzymać od nas.",
        "adequate": "decyzja Komisji Europejskiej stwierdzająca odpowiedni stopień ochrony (art. 45 RODO)",
        "rights": "Twoje prawa",
        "rights_intro": "Masz prawo:",
        "rights_how": "Napisz na adres {email} albo na adres podany wyżej. Nie potrzeba formularza ani uzasadnienia.",
        "complaint": "Skarga",
        "complaint_text": "Możesz wnieść skargę do organu nadzorczego: {name}, {address}, {url}. Niezależnie od tego "
        "możesz wnieść przeciwko administratorowi lub podmiotowi przetwarzającemu sprawę do sądu (art. 79 RODO).",
        "sources": "Skąd mamy Twoje dane",
        "source_line": "źródło: {source}, od {since}",
        "source_unknown": "nieznanego pochodzenia",
        "source_fields": "W plikach JSON przy każdym polu zaznaczono, czy pochodzi od Ciebie lub z obserwacji Twoich "
        "działań („provided”: true), czy też powstało u nas albo u innych.",
        "automated": "Zautomatyzowane podejmowanie decyzji",
        "logic": "Zasady podejmowania decyzji",
        "significance": "Co to dla Ciebie znaczy",
        "consequences": "Możliwe następstwa",
        "automated_rights": "Jeśli taka decyzja wywołuje wobec Ciebie skutki prawne lub w podobny sposób "
        "istotnie na Ciebie wpływa, możesz "
        "żądać, żeby rozpatrzył ją człowiek, wyrazić własne stanowisko i ją zakwestionować (art. 22 ust. 3 RODO).",
        "no_automated": "W naszym rejestrze czynności przetwarzania nie ma decyzji dotyczących Ciebie, które "
        "opierałyby się wyłącznie na zautomatyzowanym przetwarzaniu, w tym profilowaniu, i wywoływały skutki prawne "
        "lub podobnie istotne (art. 22 RODO).",
        "found": "Co znaleźliśmy",
        "table": "System i tabela",
        "rows": "Wiersze",
        "files_found": "Systemy przekazały też pliki, a nie wiersze; ich liczba: {count}. Są w folderze „files”.",
        "nothing_found": "W żadnym systemie nie znaleźliśmy danych o Tobie.",
        "own_system": "Ten system obsługi prywatności",
        "withheld": "Czego tu nie ma i dlaczego",
        "withheld_values": "{table}, pominięte wartości ({count})",
        "withheld_rows": "{table}, pominięte wiersze ({count})",
        "withheld_files": "pominięte pliki ({count})",
        "nothing_withheld": "Nie pominięto niczego, co znaleziono.",
        "secret": "dane tajne, na przykład hasło; są przechowywane i nikomu nie są pokazywane",
        "files": "Pliki w tym archiwum",
        "file_index": "ta odpowiedź do czytania w przeglądarce, razem z danymi",
        "file_summary": "ta odpowiedź jako dokument, bez danych",
        "file_data": "dane z jednej tabeli: JSON dla programów, CSV dla arkuszy kalkulacyjnych",
        "file_files": "pliki, które system przekazał zamiast wierszy, tak jak przyszły",
        "file_schemas": "opis budowy każdego pliku JSON (JSON Schema 2020-12)",
        "file_manifest": "podpisana lista wszystkich plików: z nią program privacy-verify wykaże, że niczego nie "
        "zmieniono",
        "csv_note": "W plikach CSV przed tekstem, który zaczyna się od = + - lub @, stoi apostrof ('), aby żaden "
        "arkusz nie wziął go za formułę. W plikach JSON go nie ma.",
        "keep_safe": "To archiwum zawiera Twoje dane osobowe. Przechowuj je tam, gdzie nikt inny ich nie przeczyta. "
        "Nic, co się w nim znajduje, nie potwierdza wobec nas Twojej tożsamości.",
        "rows_below": "Twoje dane, tabela po tabeli",
        "more_rows": "Dalsze wiersze ({count}) są w pliku {file}.",
        "no_rows": "brak wierszy",
        "yes": "tak",
        "no": "nie",
    },
    "grounds": {
        "17_3_a": "wolność wypowiedzi i informacji (art. 17 ust. 3 lit. a RODO)",
        "17_3_b": "obowiązek prawny (art. 17 ust. 3 lit. b RODO)",
        "17_3_c": "zdrowie publiczne (art. 17 ust. 3 lit. c RODO)",
        "17_3_d": "archiwizacja i badania (art. 17 ust. 3 lit. d RODO)",
        "17_3_e": "roszczenia (art. 17 ust. 3 lit. e RODO)",
        "12_5_unfounded": "żądanie ewidentnie nieuzasadnione (art. 12 ust. 5 RODO)",
        "12_5_excessive": "żądanie nadmierne (art. 12 ust. 5 RODO)",
        "11_2": "nie można ustalić, czy dane dotyczą Ciebie (art. 11 ust. 2 RODO)",
        "15_4": "pominięto ze względu na prawa innych osób (art. 15 ust. 4 RODO)",
        "20_4": "pominięto ze względu na prawa innych osób (art. 20 ust. 4 RODO)",
        "20_1": "nie pochodzi od Ciebie na podstawie zgody lub umowy (art. 20 ust. 1 RODO)",
        "21_1": "ważne prawnie uzasadnione podstawy (art. 21 ust. 1 RODO)",
        "17_1": "brak podstawy do usunięcia (art. 17 ust. 1 RODO)",
        "18_1": "brak podstawy do ograniczenia (art. 18 ust. 1 RODO)",
        "16": "dane są prawidłowe (art. 16 RODO)",
        "no_data": "brak danych",
    },
    "own_tables": {
        "contacts": "Twoje dane kontaktowe i ich źródło",
        "identifiers": "Twoje numery klienta i inne identyfikatory",
        "consents": "Na co wyrażono zgodę, czego odmówiono, co wycofano i wobec czego wniesiono sprzeciw",
        "standings": "Ograniczenia i podobne",
        "requests": "Twoje żądania",
        "events": "Wpisy dziennika zdarzeń o Tobie",
    },
    "categories": {
        "user": "dane klienta",
        "user.name": "imię i nazwisko",
        "user.contact": "dane kontaktowe",
        "user.contact.email": "adres e-mail",
        "user.contact.phone_number": "numer telefonu",
        "user.contact.address": "adres",
        "user.unique_id": "identyfikatory",
        "user.account": "dane konta",
        "user.financial": "dane finansowe",
        "user.payment": "dane o płatnościach",
        "user.location": "lokalizacja",
        "user.demographic": "dane demograficzne",
        "user.device": "dane urządzenia",
        "user.behavior": "zachowanie",
        "user.content": "treści",
        "user.government_id": "numery urzędowe",
        "user.health_and_medical": "dane o zdrowiu",
        "user.biometric": "dane biometryczne",
        "user.authorization": "dane logowania",
        "system": "dane techniczne",
    },
    "units": {"year": "rok / lata / lat", "month": "miesiąc / miesiące / miesięcy", "day": "dzień / dni / dni"},
}
RIGHTS = (
    "do sprostowania danych nieprawidłowych i uzupełnienia niekompletnych (art. 16)",
    "do usunięcia danych (art. 17)",
    "do ograniczenia przetwarzania (art. 18)",
    "do otrzymania dostarczonych przez siebie danych w formacie nadającym się do odczytu maszynowego (art. 20)",
    "do sprzeciwu wobec przetwarzania opartego na prawnie uzasadnionym interesie; wobec marketingu bezpośredniego "
    "w każdej chwili i bez uzasadnienia (art. 21)",
    "do wycofania zgody w każdej chwili, bez wpływu na zgodność z prawem wcześniejszego przetwarzania (art. 7 ust. 3)",
)
