"""What values look like whose form tells that they are about a person: check digits count, a pattern alone does not.

Sources: PESEL, NIP, REGON as Polish law numbers people and firms; OIB (ISO 7064, MOD 11,10); IBAN (ISO 13616, MOD
97-10); payment cards (ISO/IEC 7812, Luhn); E.164 by libphonenumber. Values are looked at and never kept.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

import phonenumbers

_EMAIL = re.compile(r"[^\s@<>(),;:\"]{1,64}@(?:[^\s@.,;:]{1,63}\.)+[^\W\d_]{2,63}")
_POSTCODE = re.compile(r"[0-9]{2}-[0-9]{3}")
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
_DIGITS = re.compile(r"[0-9]+")
#: What people write between the digits of a number, and machines do not.
_SEPARATED = re.compile(r"[+(]|[0-9][ ./-][0-9]|^00")
_PHONE = re.compile(r"[+0-9()./ -]{7,25}")
_NOT_PHONE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}.*|[0-9]+\.[0-9]+|[0-9]{1,3}(?:\.[0-9]{1,3}){3}")

#: A check digit fits by chance one time in ten: so many different values must fit before it is none.
_DIFFERENT = 5
#: An IP address or postcode is rarer among other texts.
_A_FEW = 3
#: Of the values that there are, so many must fit.
_SHARE = 0.8


def pesel(text: str) -> bool:
    """Whether it is the number of a person in the Polish register: eleven digits, a date, a check digit."""
    if len(text) != 11 or not _DIGITS.fullmatch(text):
        return False
    century, month = divmod(int(text[2:4]), 20)
    years = {4: 1800, 0: 1900, 1: 2000, 2: 2100, 3: 2200}
    try:
        date(years[century] + int(text[:2]), month, int(text[4:6]))
    except ValueError:
        return False
    weights = (1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1)
    return sum(int(one) * weight for one, weight in zip(text, weights, strict=True)) % 10 == 0


def _weighed(text: str, weights: tuple[int, ...]) -> int:
    return sum(int(one) * weight for one, weight in zip(text, weights, strict=False)) % 11


def nip(text: str) -> bool:
    """Whether it is a Polish tax number; of people in business and of firms."""
    bare = text.upper().removeprefix("PL").replace("-", "").replace(" ", "")
    if len(bare) != 10 or not _DIGITS.fullmatch(bare) or set(bare) == {"0"}:
        return False
    return _weighed(bare, (6, 5, 7, 2, 3, 4, 5, 6, 7)) == int(bare[9])


def regon(text: str) -> bool:
    """Whether it is a number of the Polish register of businesses, of nine or fourteen digits."""
    if len(text) not in {9, 14} or not _DIGITS.fullmatch(text) or set(text) == {"0"}:
        return False
    if _weighed(text, (8, 9, 2, 3, 4, 5, 6, 7)) % 10 != int(text[8]):
        return False
    return len(text) == 9 or _weighed(text, (2, 4, 8, 5, 0, 9, 7, 3, 6, 1, 2, 4, 8)) % 10 == int(text[13])


def oib(text: str) -> bool:
    """Whether it is a Croatian personal identification number."""
    if len(text) != 11 or not _DIGITS.fullmatch(text):
        return False
    rest = 10
    for one in text[:10]:
        rest = ((rest + int(one)) % 10 or 10) * 2 % 11
    return (11 - rest) % 10 == int(text[10])


def iban(text: str) -> bool:
    """Whether it is the number of a bank account."""
    bare = text.replace(" ", "").upper()
    if not _IBAN.fullmatch(bare):
        return False
    return int("".join(str(int(one, 36)) for one in bare[4:] + bare[:4])) % 97 == 1


def card(text: str) -> bool:
    """Whether it is the number of a payment card."""
    bare = text.replace(" ", "").replace("-", "")
    if not 13 <= len(bare) <= 19 or not _DIGITS.fullmatch(bare) or bare[0] not in "23456":
        return False
    doubled = (int(one) * 2 for one in bare[-2::-2])
    return (sum(map(int, bare[-1::-2])) + sum(one - 9 if one > 9 else one for one in doubled)) % 10 == 0


def email(text: str) -> bool:
    """Whether it is an e-mail address."""
    return len(text) <= 254 and _EMAIL.fullmatch(text) is not None


def phone(text: str) -> bool:
    """Whether it is a telephone number as people write it. Bare digits are not: they may count anything."""
    if not _PHONE.fullmatch(text) or not _SEPARATED.search(text) or _NOT_PHONE.fullmatch(text):
        return False
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(text, "PL"))
    except phonenumbers.NumberParseException:
        return False


def postcode(text: str) -> bool:
    """Whether it is a Polish postcode."""
    return _POSTCODE.fullmatch(text) is not None


def ip_address(text: str) -> bool:
    """Whether it is an address of the internet, of either version."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


#: By what they are called in a reason: the form, how many different values must have it, and how many digits a number
#: lost that was stored without its leading zeros.
FORMATS: dict[str, tuple[Callable[[str], bool], int, int]] = {
    "email": (email, 1, 0),
    "iban": (iban, 1, 0),
    "pesel": (pesel, _DIFFERENT, 11),
    "oib": (oib, _DIFFERENT, 11),
    "card": (card, _DIFFERENT, 0),
    "nip": (nip, _DIFFERENT, 10),
    "regon": (regon, _DIFFERENT, 9),
    "phone": (phone, _A_FEW, 0),
    "postcode": (postcode, _A_FEW, 0),
    "ip_address": (ip_address, _A_FEW, 0),
}


def of_values(values: Iterable[Any]) -> tuple[str, int, int] | None:
    """The form that the values have, how many different ones have it and how many there are; None where they have none.

    Only texts and whole numbers are looked at: an amount or a time is no number of a person.
    """
    plain = {value.strip() if isinstance(value, str) else value for value in values if _is_plain(value)} - {""}
    if not plain:
        return None
    for name, (fits, least, digits) in FORMATS.items():
        found = sum(fits(value if isinstance(value, str) else str(value).zfill(digits)) for value in plain)
        if found >= least and found >= _SHARE * len(plain):
            return name, found, len(plain)
    return None


def _is_plain(value: Any) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool)
