"""What affected persons are told, in Croatian: the parts of a letter, and what they can do by the kind of data."""

from __future__ import annotations

from privacy.breach.telling.advice import Advice

LOCALE = "hr"
PHRASES = {
    "opening": (
        "obavješćujemo Vas o povredi osobnih podataka koja se odnosi na Vaše podatke. Objašnjavamo što se dogodilo, "
        "koje posljedice može imati i što možete učiniti (čl. 34. GDPR-a)."
    ),
    "guardian": (
        "Pišemo Vam kao roditelju ili zakonskom zastupniku: povreda se odnosi na podatke djeteta u čije ste ime kod "
        "nas postupali."
    ),
    "happened": "Što se dogodilo",
    "data": "Na koje se podatke odnosi",
    "consequences": "Koje su moguće posljedice",
    "measures": "Što smo učinili i što ćemo učiniti",
    "advice": "Što možete učiniti",
    "contact": "Kome se možete obratiti",
    "when.point": "Povreda se dogodila: {start}.",
    "when.range": "Povreda je trajala od: {start}, do: {end}.",
    "when.ongoing": "Povreda traje od: {start}.",
    "dpo": "Na pitanja odgovara {name}, službenik za zaštitu podataka, {reach}. Molimo navedite broj {number}.",
    "controller": "Na pitanja odgovara {name}, {address}, {reach}. Molimo navedite broj {number}.",
    "notice.title": "Javna obavijest o povredi osobnih podataka",
    "notice.opening": (
        "{controller} obavješćuje o povredi osobnih podataka. Obavijest je namijenjena osobama kojima ne možemo pisati "
        "izravno (čl. 34. st. 3. t. c GDPR-a)."
    ),
    "notice.footer": "Predmet br. {number}, {day}",
    "pages": "stranica {} od {}",
    "rehearsal": "VJEŽBA",
    "rehearsal.line": "Ovo je vježba. Ništa se nije dogodilo i ovaj se tekst nikome ne šalje.",
    "where.letter": "u dopisu koji šaljemo poštom",
    "number": "Broj predmeta",
    "dated": "Datum",
}

ADVICE = {
    Advice.PESEL: (
        "Zaštitite svoj poljski identifikacijski broj PESEL: blokirajte ga u aplikaciji mObywatel, na gov.pl ili u "
        "bilo kojem uredu poljske općine (urząd gminy). Blokada je besplatna i uvijek se može ukinuti. Banke i "
        "zajmodavci moraju je provjeriti prije nego što na Vaše ime odobre kredit."
    ),
    Advice.CREDIT_REPORT: (
        "Provjerite u poljskom kreditnom uredu (BIK) je li netko na Vaše ime uzeo kredit; ondje možete uključiti "
        "obavijesti o novim upitima."
    ),
    Advice.IDENTITY_DOCUMENT: (
        "Zatražite od svoje banke da blokira osobni dokument i razmislite o njegovoj zamjeni: dokument mijenja tijelo "
        "koje ga je izdalo, a poljsku osobnu iskaznicu možete zamijeniti i u aplikaciji mObywatel ili na gov.pl."
    ),
    Advice.CREDENTIALS: (
        "Promijenite lozinku kod nas i svugdje gdje koristite istu ili sličnu. Za svaku uslugu koristite drugu lozinku "
        "i uključite prijavu u dva koraka gdje je to moguće."
    ),
    Advice.PAYMENT: (
        "Nazovite svoju banku i zatražite blokadu kartice ili savjet te češće nego inače pregledavajte transakcije. "
        "Transakciju koju niste učinili odmah prijavite banci."
    ),
    Advice.PHISHING: (
        "Budite oprezni s e-porukama, SMS-ovima i pozivima u naše ime, u ime banke ili nekog tijela. Ne dajte lozinke "
        "ni kodove, ne otvarajte poveznice i ništa ne instalirajte; u dvojbi nazovite broj koji poznajete."
    ),
    Advice.SENSITIVE: (
        "Ako Vam netko prijeti objavom tih podataka ili traži novac, ne plaćajte, prijavite to policiji i javite nama."
    ),
    Advice.SAFETY: (
        "Ako se bojite za svoju sigurnost jer netko možda zna Vašu adresu ili gdje se nalazite, nazovite broj 112."
    ),
    Advice.POLICE: (
        "Ako netko koristi Vaše podatke bez Vašeg znanja, prijavite to policiji i sačuvajte ovu poruku kao dokaz."
    ),
}
