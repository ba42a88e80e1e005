"""The Croatian words of a package."""

from __future__ import annotations

from collections.abc import Mapping

TEXTS: Mapping[str, Mapping[str, str]] = {
    "phrases": {
        "title_access": "Koje podatke o vama obrađujemo",
        "title_portability": "Vaši podaci za prijenos",
        "intro_access": "Zatražili ste pristup svojim osobnim podacima (čl. 15. GDPR-a). Ovo je odgovor: najprije "
        "informacije koje propisuje zakon, a zatim ono što smo pronašli, sustav po sustav. Sami podaci nalaze se u "
        "mapi „data”, u formatu JSON za programe i CSV za proračunske tablice.",
        "intro_portability": "Zatražili ste podatke koje ste nam dali, da ih zadržite ili prenesete nekome drugome "
        "(čl. 20. GDPR-a). Nalaze se u mapi „data” u formatima JSON i CSV. Mapa „schemas” opisuje JSON datoteke. Ovdje "
        "je samo ono što ste nam dali ili što je opaženo o vama, i to samo ondje gdje podatke obrađujemo na temelju "
        "vaše privole ili ugovora s vama.",
        "request": "Zahtjev",
        "received": "Zaprimljeno",
        "made": "Odgovor od",
        "pages": "stranica {} od {}",
        "controllers": "Voditelj obrade",
        "joint": "Zajednički voditelji obrade (čl. 26. GDPR-a)",
        "dpo": "Službenik za zaštitu podataka",
        "purposes": "Zašto obrađujemo vaše podatke",
        "basis": "Pravna osnova",
        "interest": "Legitimni interes",
        "statute": "Propis",
        "data": "Podaci",
        "kept": "Razdoblje čuvanja",
        "kept_for": "{period} {starts}",
        "own_purpose": "Evidencija privola, prigovora i zahtjeva",
        "own_purpose_text": "Čuvamo podatke o tome na što ste pristali, što ste odbili i što ste zatražili, kako "
        "bismo to poštovali i mogli dokazati. Pravna osnova: pravna obveza (čl. 6. st. 1. t. (c) u vezi s čl. 5. st. "
        "2., čl. 7. st. 1. i čl. 12. GDPR-a).",
        "no_purposes": "Nismo pronašli podatke o vama koji služe nekoj od naših svrha.",
        "categories": "Kategorije vaših podataka",
        "recipients": "Kome su vaši podaci otkriveni ili se otkrivaju",
        "by_name": "Primatelji poimence",
        "by_category": "Primatelji koje poznajemo samo po kategoriji",
        "processors": "Tko obrađuje podatke u naše ime",
        "told": "Obaviješteni o ispravku, brisanju ili ograničenju (čl. 19. GDPR-a)",
        "no_recipients": "Nikome osim nama i onima koji podatke obrađuju u naše ime.",
        "transfers": "Prijenosi izvan Europskoga gospodarskog prostora",
        "no_transfers": "Vaši se podaci ne prenose izvan Europskoga gospodarskog prostora.",
        "transfer": "{country}; zaštitna mjera: {safeguard}. Njezinu kopiju možete dobiti od nas.",
        "adequate": "odluka Europske komisije o primjerenosti (čl. 45. GDPR-a)",
        "rights": "Vaša prava",
        "rights_intro": "Imate pravo:",
        "rights_how": "Pišite na {email} ili na gore navedenu adresu. Ne treba ni obrazac ni obrazloženje.",
        "complaint": "Pritužba",
        "complaint_text": "Možete podnijeti pritužbu nadzornom tijelu: {name}, {address}, {url}. Neovisno o tome "
        "možete pokrenuti sudski postupak protiv voditelja ili izvršitelja obrade (čl. 79. GDPR-a).",
        "sources": "Odakle nam vaši podaci",
        "source_line": "izvor: {source}, od {since}",
        "source_unknown": "nepoznatog podrijetla",
        "source_fields": "U JSON datotekama uz svako polje stoji jeste li podatak dali vi ili je opažen o vama "
        "(„provided”: true), ili je nastao kod nas odnosno kod drugih.",
        "automated": "Automatizirano donošenje odluka",
        "logic": "Kako se odlučuje",
        "significance": "Što to znači za vas",
        "consequences": "Moguće posljedice",
        "automated_rights": "Ako takva odluka proizvodi pravne učinke za vas ili na sličan način značajno "
        "na vas utječe, možete zatražiti da je "
        "razmotri čovjek, izraziti svoje stajalište i osporiti je (čl. 22. st. 3. GDPR-a).",
        "no_automated": "U našoj evidenciji aktivnosti obrade nema odluka o vama koje bi se temeljile isključivo na "
        "automatiziranoj obradi, uključujući izradu profila, a imale bi pravne ili slično značajne učinke "
        "(čl. 22. GDPR-a).",
        "found": "Što smo pronašli",
        "table": "Sustav i tablica",
        "rows": "Redci",
        "files_found": "Sustavi su predali i datoteke umjesto redaka; njihov broj: {count}. Nalaze se u mapi „files”.",
        "nothing_found": "Ni u jednom sustavu nismo pronašli podatke o vama.",
        "own_system": "Ovaj sustav za privatnost",
        "withheld": "Čega ovdje nema i zašto",
        "withheld_values": "{table}, izostavljene vrijednosti ({count})",
        "withheld_rows": "{table}, izostavljeni redci ({count})",
        "withheld_files": "izostavljene datoteke ({count})",
        "nothing_withheld": "Ništa od pronađenog nije izostavljeno.",
        "secret": "tajna, primjerice lozinka; čuva se i nikome se ne pokazuje",
        "files": "Datoteke u ovoj arhivi",
        "file_index": "ovaj odgovor za čitanje u pregledniku, zajedno s podacima",
        "file_summary": "ovaj odgovor kao dokument, bez podataka",
        "file_data": "podaci iz jedne tablice: JSON za programe, CSV za proračunske tablice",
        "file_files": "datoteke koje je sustav predao umjesto redaka, onakve kakve su stigle",
        "file_schemas": "opis svake JSON datoteke (JSON Schema 2020-12)",
        "file_manifest": "potpisani popis svih datoteka: s njim program privacy-verify pokazuje da ništa nije "
        "promijenjeno",
        "csv_note": "U CSV datotekama ispred teksta koji počinje znakom = + - ili @ stoji apostrof ('), da ga nijedna "
        "proračunska tablica ne shvati kao formulu. U JSON datotekama ga nema.",
        "keep_safe": "Ova arhiva sadržava vaše osobne podatke. Čuvajte je ondje gdje je samo vi možete čitati. Ništa u "
        "njoj ne dokazuje nam tko ste.",
        "rows_below": "Vaši podaci, tablica po tablica",
        "more_rows": "Ostali redci ({count}) nalaze se u datoteci {file}.",
        "no_rows": "nema redaka",
        "yes": "da",
        "no": "ne",
    },
    "grounds": {
        "17_3_a": "sloboda izražavanja i informiranja (čl. 17. st. 3. t. (a) GDPR-a)",
        "17_3_b": "pravna obveza (čl. 17. st. 3. t. (b) GDPR-a)",
        "17_3_c": "javno zdravlje (čl. 17. st. 3. t. (c) GDPR-a)",
        "17_3_d": "arhiviranje i istraživanje (čl. 17. st. 3. t. (d) GDPR-a)",
        "17_3_e": "pravni zahtjevi (čl. 17. st. 3. t. (e) GDPR-a)",
        "12_5_unfounded": "očito neutemeljen zahtjev (čl. 12. st. 5. GDPR-a)",
        "12_5_excessive": "pretjeran zahtjev (čl. 12. st. 5. GDPR-a)",
        "11_2": "ne može se utvrditi odnosi li se na vas (čl. 11. st. 2. GDPR-a)",
        "15_4": "izostavljeno radi zaštite prava drugih (čl. 15. st. 4. GDPR-a)",
        "20_4": "izostavljeno radi zaštite prava drugih (čl. 20. st. 4. GDPR-a)",
        "20_1": "niste dali na temelju privole ili ugovora (čl. 20. st. 1. GDPR-a)",
        "21_1": "uvjerljivi legitimni razlozi (čl. 21. st. 1. GDPR-a)",
        "17_1": "nema razloga za brisanje (čl. 17. st. 1. GDPR-a)",
        "18_1": "nema razloga za ograničenje (čl. 18. st. 1. GDPR-a)",
        "16": "podaci su točni (čl. 16. GDPR-a)",
        "no_data": "nema podataka",
    },
    "own_tables": {
        "contacts": "Vaši kontakti i odakle ih imamo",
        "identifiers": "Vaši brojevi kupca i drugi identifikatori",
        "consents": "Na što ste pristali, što ste odbili, povukli ili čemu ste prigovorili",
        "standings": "Ograničenja i slično",
        "requests": "Vaši zahtjevi",
        "events": "Zapisi dnevnika događaja o vama",
    },
    "categories": {
        "user": "podaci kupca",
        "user.name": "ime i prezime",
        "user.contact": "podaci za kontakt",
        "user.contact.email": "adresa e-pošte",
        "user.contact.phone_number": "telefonski broj",
        "user.contact.address": "adresa",
        "user.unique_id": "identifikatori",
        "user.account": "podaci računa",
        "user.financial": "financijski podaci",
        "user.payment": "podaci o plaćanju",
        "user.location": "lokacija",
        "user.demographic": "demografski podaci",
        "user.device": "podaci o uređaju",
        "user.behavior": "ponašanje",
        "user.content": "sadržaj",
        "user.government_id": "službeni brojevi",
        "user.health_and_medical": "zdravstveni podaci",
        "user.biometric": "biometrijski podaci",
        "user.authorization": "podaci za prijavu",
        "system": "tehnički podaci",
    },
    "units": {"year": "godina / godine / godina", "month": "mjesec / mjeseca / mjeseci", "day": "dan / dana / dana"},
}
RIGHTS = (
    "na ispravak netočnih i dopunu nepotpunih podataka (čl. 16.)",
    "na brisanje podataka (čl. 17.)",
    "na ograničenje obrade (čl. 18.)",
    "na primanje podataka koje ste nam dali u strojno čitljivom obliku (čl. 20.)",
    "na prigovor obradi koja se temelji na legitimnom interesu; izravnom marketingu u svakom trenutku i bez "
    "obrazloženja (čl. 21.)",
    "na povlačenje privole u svakom trenutku, bez utjecaja na zakonitost ranije obrade (čl. 7. st. 3.)",
)
