"""What names of columns say, in English, Polish and Croatian, and which words beside them say otherwise."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

#: Camel case and digits are borders too.
_BORDER = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[^A-Za-z]+")
#: Letters that have no accent to take away.
_FOLDED = str.maketrans({"ł": "l", "Ł": "L", "đ": "d", "Đ": "D"})


@dataclass(frozen=True)
class Said:
    """What a column's name says that it holds."""

    #: A key of Fideslang.
    category: str
    #: The contact kind that the values would be of.
    identity: str | None
    #: Whether it only counts where a table is about people: a city may be a warehouse's.
    in_company: bool


def _words(listed: str) -> list[str]:
    return [one.strip() for one in listed.split(",")]


def _said(words: str, category: str, identity: str | None = None, *, in_company: bool = False) -> dict[str, Said]:
    return {phrase: Said(category, identity, in_company) for phrase in _words(words)}


#: Phrases as the parts of a name in a row, without accents; the longest that fits counts, and of several the last.
_PHRASES: dict[str, Said] = {
    **_said(
        "email, e mail, mail, email address, adres email, adres e mail, adresa e poste",
        "user.contact.email",
        "email",
    ),
    **_said(
        "phone, telephone, tel, telefon, mobile, mobile number, cell, komorka, komorkowy, mobitel, msisdn, "
        "gsm, phone number, numer telefonu, nr telefonu, nr tel, broj telefona, broj mobitela",
        "user.contact.phone_number",
        "phone",
    ),
    **_said("fax, faks, telefax", "user.contact.fax_number"),
    **_said("first name, firstname, given name, forename, fname, imie, imiona, middle name", "user.name.first"),
    **_said(
        "last name, lastname, surname, family name, lname, nazwisko, nazwiska, prezime, maiden name",
        "user.name.last",
    ),
    **_said("full name, fullname, imie nazwisko, imie i nazwisko, ime prezime, ime i prezime", "user.name"),
    **_said(
        "customer name, client name, contact name, recipient name, person name, cardholder, card holder",
        "user.name",
    ),
    **_said("name, ime", "user.name", in_company=True),
    **_said("username, user name, login, nick, nickname, nazwa uzytkownika, korisnicko ime", "user.account.username"),
    **_said("password, passwd, haslo, lozinka", "user.authorization.password"),
    **_said(
        "address, street, addr, adres, ulica, adresa, address line, nr domu, numer domu, nr lokalu, nr "
        "mieszkania, kucni broj, house number, apartment",
        "user.contact.address.street",
    ),
    **_said(
        "postcode, postal code, postalcode, post code, zip, zip code, zipcode, kod pocztowy, postanski broj",
        "user.contact.address.postal_code",
    ),
    **_said("city, town, miasto, miejscowosc, grad, mjesto", "user.contact.address.city", in_company=True),
    **_said("country, kraj, drzava, panstwo", "user.contact.address.country", in_company=True),
    **_said("state, province, wojewodztwo, zupanija", "user.contact.address.state", in_company=True),
    **_said(
        "birth date, birthdate, birthday, date of birth, dob, birth, born, data urodzenia, urodzenia, "
        "urodziny, datum rodenja, datum rodjenja, rodendan",
        "user.demographic.date_of_birth",
    ),
    **_said("gender, plec", "user.demographic.gender"),
    **_said("sex, spol", "user.demographic.gender", in_company=True),
    **_said("age, wiek, dob zivota", "user.demographic.age_range", in_company=True),
    **_said("marital status, stan cywilny, bracni status", "user.demographic.marital_status"),
    **_said("religion, wyznanie, vjera", "user.demographic.religious_belief"),
    **_said("nationality, obywatelstwo, narodowosc, drzavljanstvo", "user.demographic.race_ethnicity"),
    **_said(
        "pesel, nip, oib, jmbg, ssn, national id, tax id, tax number, tin, id card, nr dowodu, numer dowodu, "
        "dowod osobisty, seria dowodu, osobna iskaznica, broj osobne",
        "user.government_id.national_identification_number",
    ),
    **_said("passport, paszport, putovnica, passport number", "user.government_id.passport_number"),
    **_said(
        "driving licence, drivers license, prawo jazdy, vozacka dozvola",
        "user.government_id.drivers_license_number",
    ),
    **_said("regon, company, firma, tvrtka", "user.contact.organization", in_company=True),
    **_said(
        "iban, bank account, account number, nr konta, numer konta, nr rachunku, numer rachunku, broj racuna",
        "user.financial.bank_account",
    ),
    **_said(
        "card number, credit card, creditcard, ccn, nr karty, numer karty, broj kartice",
        "user.financial.credit_card",
    ),
    **_said("ip, ip address, ip addr, adres ip, ip adresa, remote addr", "user.device.ip_address"),
    **_said("device id, imei, idfa, gaid, mac address, advertising id", "user.device.device_id"),
    **_said("latitude, longitude, lat, lng, lon, gps", "user.location.precise", in_company=True),
    **_said("salary, wynagrodzenie, pensja, placa", "user.financial", in_company=True),
    **_said("job title, stanowisko, radno mjesto, title", "user.job_title", in_company=True),
    **_said(
        "diagnosis, diagnoza, choroba, bolest, blood type, grupa krwi, allergy, alergie",
        "user.health_and_medical",
    ),
    **_said("photo, avatar, zdjecie, slika", "user.content.self_image", in_company=True),
    **_said("notes, comments, uwagi, napomena, napomene", "user.content.private", in_company=True),
}
_LONGEST = max(phrase.count(" ") + 1 for phrase in _PHRASES)

#: Beside a phrase these say that the column is about the thing, and does not hold it.
_ABOUT = frozenset(
    _words(
        "active, allow, allowed, bounce, bounced, broj, category, class, click, clicked, column, config, consent, "
        "count, domain, enabled, file, format, has, host, id, ids, index, is, kategoria, kind, length, liczba, "
        "method, number_of, open, opened, opt, optin, optout, privola, product, provider, required, sent, server, "
        "setting, settings, size, status, subject, table, template, templates, tip, typ, type, valid, verified, "
        "version, visible, zgoda"
    )
)
#: Tables with one of these in their names are about people.
_PEOPLE = frozenset(
    _words(
        "account, accounts, buyer, buyers, clan, clanovi, client, clients, contact, contacts, customer, customers, "
        "employee, employees, guest, guests, klienci, klient, klienta, kontrahenci, kontrahent, korisnici, korisnik, "
        "kupac, kupci, lead, leads, member, members, osoba, osobe, osoby, pacjent, passenger, passengers, patient, "
        "patients, people, person, persons, pracownicy, pracownik, pretplatnik, profile, profiles, recipient, "
        "recipients, staff, student, students, subscriber, subscribers, subskrybent, uczestnicy, uczestnik, user, "
        "users, uzytkownicy, uzytkownik, zaposlenici, zaposlenik"
    )
)


def parts(name: str) -> list[str]:
    """The words of a name in lower case, without accents: `KodPocztowy` is kod, pocztowy."""
    plain = unicodedata.normalize("NFKD", name.translate(_FOLDED)).encode("ascii", "ignore").decode()
    return [part.lower() for part in _BORDER.split(plain) if part]


def about_people(table: str) -> bool:
    """Whether the name of a table says that its rows are people."""
    return not _PEOPLE.isdisjoint(parts(table))


def of_name(name: str) -> Said | None:
    """What the name of a column says; None where it says nothing of a person."""
    words = parts(name)
    for length in range(min(_LONGEST, len(words)), 0, -1):
        for start in reversed(range(len(words) - length + 1)):
            said = _PHRASES.get(" ".join(words[start : start + length]))
            rest = {*words[:start], *words[start + length :]}
            if said is not None:
                return said if rest.isdisjoint(_ABOUT) else None
    return None
