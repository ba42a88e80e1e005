"""Letters in Croatian."""

from __future__ import annotations

from privacy.dsar.vocabulary import CaseType, Ground

LOCALE = "hr"
MATTERS = {
    CaseType.ACCESS: "zahtjev za pristup osobnim podacima (čl. 15. Opće uredbe o zaštiti podataka)",
    CaseType.RECTIFICATION: "zahtjev za ispravak osobnih podataka (čl. 16. Opće uredbe o zaštiti podataka)",
    CaseType.ERASURE: "zahtjev za brisanje osobnih podataka (čl. 17. Opće uredbe o zaštiti podataka)",
    CaseType.RESTRICTION: "zahtjev za ograničenje obrade (čl. 18. Opće uredbe o zaštiti podataka)",
    CaseType.PORTABILITY: "zahtjev za prijenos podataka (čl. 20. Opće uredbe o zaštiti podataka)",
    CaseType.OBJECTION: "prigovor na obradu osobnih podataka (čl. 21. Opće uredbe o zaštiti podataka)",
    CaseType.AUTOMATED_DECISION_REVIEW: (
        "zahtjev da automatiziranu odluku preispita čovjek (čl. 22. st. 3. Opće uredbe o zaštiti podataka)"
    ),
    CaseType.COMPLAINT: "pritužba na obradu osobnih podataka",
    CaseType.AUTHORITY_LETTER: "dopis nadzornog tijela",
    CaseType.DISCLOSURE: "zahtjev za dostavu osobnih podataka",
}

GROUNDS = {
    Ground.FREEDOM_OF_EXPRESSION: (
        "obrada je nužna radi ostvarivanja prava na slobodu izražavanja i informiranja "
        "(čl. 17. st. 3. t. (a) Opće uredbe)"
    ),
    Ground.LEGAL_OBLIGATION: (
        "obrada je nužna radi poštovanja pravne obveze kojom se zahtijeva obrada u pravu Unije ili pravu države "
        "članice kojem podliježe voditelj obrade ili za izvršavanje zadaće od javnog interesa ili pri izvršavanju "
        "službene ovlasti dodijeljene voditelju obrade (čl. 17. st. 3. t. (b) Opće uredbe)"
    ),
    Ground.PUBLIC_HEALTH: (
        "obrada je nužna zbog javnog interesa u području javnog zdravlja (čl. 17. st. 3. t. (c) Opće uredbe)"
    ),
    Ground.ARCHIVING: (
        "obrada je nužna u svrhe arhiviranja u javnom interesu, u svrhe znanstvenog ili povijesnog istraživanja ili u "
        "statističke svrhe, a brisanje bi vjerojatno onemogućilo ili ozbiljno ugrozilo postizanje ciljeva te obrade "
        "(čl. 17. st. 3. t. (d) Opće uredbe)"
    ),
    Ground.LEGAL_CLAIMS: (
        "obrada je nužna radi postavljanja, ostvarivanja ili obrane pravnih zahtjeva "
        "(čl. 17. st. 3. t. (e) Opće uredbe)"
    ),
    Ground.MANIFESTLY_UNFOUNDED: "zahtjev je očito neutemeljen (čl. 12. st. 5. Opće uredbe)",
    Ground.EXCESSIVE: "zahtjev je pretjeran, osobito zbog svojeg učestalog ponavljanja (čl. 12. st. 5. Opće uredbe)",
    Ground.NOT_IDENTIFIABLE: (
        "nismo u mogućnosti identificirati ispitanika (čl. 11. st. 2. i čl. 12. st. 2. Opće uredbe); ako dobijemo "
        "dodatne informacije koje to omogućuju, ponovno ćemo razmotriti predmet"
    ),
    Ground.RIGHTS_OF_OTHERS: (
        "pravo na dobivanje kopije ne smije negativno utjecati na prava i slobode drugih (čl. 15. st. 4. Opće uredbe)"
    ),
    Ground.PORTABILITY_RIGHTS_OF_OTHERS: (
        "pravo na prenosivost podataka ne smije negativno utjecati na prava i slobode drugih "
        "(čl. 20. st. 4. Opće uredbe)"
    ),
    Ground.NOT_PORTABLE: (
        "pravo na prenosivost obuhvaća samo podatke koje je ispitanik pružio i koji se obrađuju automatiziranim putem "
        "na temelju privole ili ugovora (čl. 20. st. 1. Opće uredbe)"
    ),
    Ground.COMPELLING_GROUNDS: (
        "postoje uvjerljivi legitimni razlozi za obradu koji nadilaze interese, prava i slobode ispitanika ili je "
        "obrada potrebna radi postavljanja, ostvarivanja ili obrane pravnih zahtjeva (čl. 21. st. 1. Opće uredbe)"
    ),
    Ground.NO_GROUND_TO_ERASE: (
        "nije ispunjen nijedan od uvjeta pod kojima je voditelj obrade obvezan obrisati podatke "
        "(čl. 17. st. 1. Opće uredbe)"
    ),
    Ground.NO_GROUND_TO_RESTRICT: (
        "nije ispunjen nijedan od uvjeta pod kojima se može ishoditi ograničenje obrade (čl. 18. st. 1. Opće uredbe)"
    ),
    Ground.ACCURATE: "podaci su točni i potpuni (čl. 16. Opće uredbe)",
    Ground.NO_DATA: "ne obrađujemo osobne podatke na koje se zahtjev odnosi",
    Ground.NO_BASIS_TO_DISCLOSE: (
        "nije dokazana pravna osnova na temelju koje bismo smjeli otkriti podatke (čl. 5. st. 1. t. (a) i čl. 6. "
        "st. 1. Opće uredbe)"
    ),
    Ground.MORE_THAN_NECESSARY: (
        "traženi podaci prelaze ono što je nužno za navedenu svrhu (čl. 5. st. 1. t. (c) Opće uredbe)"
    ),
    Ground.THIRD_COUNTRY: (
        "presuda suda ili odluka tijela treće zemlje na kojoj se zahtjev temelji ne zasniva se na međunarodnom "
        "sporazumu, a druge osnove za prijenos nema (čl. 48. Opće uredbe)"
    ),
    Ground.NOT_COMPETENT: "tijelo nije nadležno u ovom predmetu",
    Ground.SECRECY: "obvezuje nas zakonom zaštićena tajna, koje nas ovaj dopis ne oslobađa",
}

COURTS = {
    "PL": (
        "u Poljskoj je nadležan okružni sud (sąd okręgowy; čl. 92. i 93. poljskog Zakona o zaštiti osobnih podataka "
        "od 10. svibnja 2018.)"
    ),
}

PHRASES = {
    "sender": "Pošiljatelj: {sender}",
    "number": "Broj predmeta",
    "dated": "Datum",
    "pages": "stranica {} od {}",
    "their_reference": "Vaš znak: {reference}",
    "remedies": (
        "Ako se ne slažete s nama, možete podnijeti pritužbu nadzornom tijelu (čl. 77. Opće uredbe): {authority}. "
        "Neovisno o tome imate pravo na sudsku zaštitu (čl. 79. Opće uredbe){court}."
    ),
    "court": "; {court}",
    "dpo": "{name}, službenik za zaštitu podataka, {reach}",
    "controller": "{name}, {address}, {reach}",
    "refused": "Pravna osnova: {ground}.",
    "refused_what": "Odbijanje se odnosi na: {what}.",
    "refused_facts": "Obrazloženje: {facts}",
    "heading.refused": "Zahtjevu nismo udovoljili u sljedećem dijelu:",
    "heading.done": "Što smo učinili:",
    "heading.kept": "Što još ne možemo obrisati i do kada to čuvamo. Do tada obradu tih podataka ograničavamo na ono "
    "što zakon nalaže:",
    "heading.pseudonymised": "Što je pseudonimizirano. Ti podaci nisu obrisani: bez dodatnih informacija ne mogu se "
    "povezati s Vama, ali su i dalje osobni podaci:",
    "heading.excepted": "Što nismo učinili i zašto:",
    "heading.told": "O promjeni smo obavijestili primatelje kojima smo otkrili podatke (čl. 19. Opće uredbe):",
    "heading.questions": "Molimo Vas da odgovorite na pitanja:",
    "heading.reasons": "Razlozi za produljenje:",
    "heading.corrections": "Ispravljeni podaci:",
    "heading.purposes": "Prestali smo s obradom u ove svrhe:",
    "way.account": "prijavite se na svoj račun: {url}",
    "way.code": "unesite kod koji ćemo poslati na adresu ili broj koji smo već imali",
    "way.other": "predložite drugi način: {contact}",
    "cancel.link": "otvorite ovu stranicu i potvrdite: {link}",
    "cancel.code": "unesite broj predmeta i kod {code} ondje gdje nam se podnose zahtjevi",
    "cancel.contact": "pišite nam i navedite broj predmeta: {contact}",
    "line.erased": "{system}: obrisani zapisi: {deleted}, izmijenjeni zapisi: {changed}",
    "line.changed": "{system}: izmijenjeni zapisi: {changed}",
    "line.nothing": "{system}: nismo pronašli podatke na koje se zahtjev odnosi",
    "line.unchanged": "{system}: pronađeni zapisi: {found}, nijedan nije izmijenjen",
    "line.said": "{system}: {said}",
    "line.until_between": "{first} (najstariji zapisi) – {last} (najnoviji)",
    "line.kept": "{system}, {what}: do {until}; pravna osnova: čl. 17. st. 3. t. (b) ili (e) Opće uredbe",
    "line.kept_statute": "{system}, {what}: do {until}; pravna osnova: čl. 17. st. 3. t. (b) ili (e) Opće uredbe, "
    "{statute}",
    "line.kept_open": "{system}, {what}",
    "line.kept_open_statute": "{system}, {what}; pravna osnova: {statute}",
    "line.field": "{system}, {what}",
    "line.excepted": "{system}: {reason}",
    "line.unable": "{system}, {what}: sustav ne omogućuje takvu promjenu",
    "line.unmarked": "{system}, {what}: sustav nema načina da zapise označi kao ograničene; ti zapisi nisu označeni",
    "line.objected": "{system}, {what}: sustav ne omogućuje označavanje zapisa; prigovor je upisan u našu evidenciju "
    "privola i kontakata i vrijedi i za te zapise",
    "line.untold": "primatelj {recipient} nije obaviješten (čl. 19. Opće uredbe): {reason}",
    "line.not_named": "primatelje iz kategorije „{recipient}” nismo obavijestili pojedinačno: naše ih evidencije ne "
    "navode poimence; pitajte nas jesu li im Vaši podaci otkriveni (čl. 19. Opće uredbe)",
    "tell.erasure": "obrisati podatke, sa svim njihovim kopijama i poveznicama na njih.",
    "tell.rectification": "ispraviti podatke. Točno glasi:",
    "tell.restriction": "ograničiti obradu podataka: samo ih pohranjivati.",
    "tell.objection": "prestati obrađivati podatke u svrhe u koje smo ih otkrili.",
    "own_system": "evidencija privola i kontakata",
    "outcome.granted": "Zahtjevu smo u cijelosti udovoljili.",
    "outcome.but_kept": "Zahtjevu smo djelomično udovoljili: neke podatke po zakonu još moramo čuvati.",
    "outcome.partly": "Zahtjevu smo djelomično udovoljili.",
    "outcome.refused": "Zahtjevu nismo udovoljili.",
}
