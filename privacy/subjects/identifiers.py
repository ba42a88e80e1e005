"""How identifiers and contacts are normalised for comparison. Pure.

E-mail: RFC 5321, 6531 and IDNA 2008; the local part is compared in lower case, dots and tags are left alone, since only
some providers alias them and a wrong guess would join two people. Phones: E.164 by libphonenumber with the
jurisdiction's region as default. Account identifiers are compared byte for byte within their issuer.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass, field

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from privacy.errors import InvalidInput
from privacy.programme.types import ContactKind

_MAX_EMAIL = 254
_MAX_LOCAL = 64
_MAX_ID = 128
_MAX_ADDRESS = 512
#: The common form, which needs no library: plain ASCII, no quotes, no leading, trailing or double dots.
_PLAIN_EMAIL = re.compile(
    r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?!xn--)[a-z][a-z0-9-]{0,61}[a-z0-9]",
    re.ASCII,
)


class BadIdentifier(InvalidInput):
    """An identifier does not have the form that its type needs."""

    code = "bad-identifier"


@dataclass(frozen=True)
class Normal:
    """A value as it was given, for sending, and in the form that is compared. Neither is ever printed."""

    given: str = field(repr=False)
    key: str = field(repr=False)

    @property
    def sha256(self) -> bytes:
        """SHA-256 of the compared form in UTF-8, as lists of hashes have it."""
        return hashlib.sha256(self.key.encode()).digest()


def contact(kind: ContactKind, value: str, region: str) -> Normal:
    """Normalise a contact; raises `BadIdentifier`, which never shows the value."""
    match kind:
        case ContactKind.EMAIL:
            return email(value)
        case ContactKind.PHONE:
            return phone(value, region)
        case ContactKind.POSTAL_ADDRESS:
            return postal_address(value)


def email(value: str) -> Normal:
    """An e-mail address: compared in lower case, its domain as an A-label."""
    given = unicodedata.normalize("NFC", value.strip())
    lowered = given.lower()
    if len(lowered) <= _MAX_EMAIL and _PLAIN_EMAIL.fullmatch(lowered) and lowered.index("@") <= _MAX_LOCAL:
        return Normal(given, lowered)
    try:
        parts = validate_email(given, check_deliverability=False, globally_deliverable=False, allow_smtputf8=True)
    except EmailNotValidError:
        raise BadIdentifier.of("email", "This is not an e-mail address. Write it as name@example.com.") from None
    too_long = len(given.encode()) > _MAX_EMAIL or len(parts.local_part.encode()) > _MAX_LOCAL
    if too_long or "." not in (parts.ascii_domain or ""):
        raise BadIdentifier.of(
            "email", "An e-mail address has a domain with a dot, at most 64 characters before the @ and 254 in all."
        )
    local = unicodedata.normalize("NFC", parts.local_part.lower())
    return Normal(given, f"{local}@{(parts.ascii_domain or '').lower()}")


def phone(value: str, region: str) -> Normal:
    """A phone number as E.164; numbers without a country code are read as the region's."""
    text = value.strip()
    if text.startswith("00"):
        text = "+" + text[2:]
    number: phonenumbers.PhoneNumber | None
    try:
        number = phonenumbers.parse(text, region)
        if not phonenumbers.is_valid_number(number):
            number = _with_plus(text)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not text.isascii():
        raise BadIdentifier.of("phone", "This is not a phone number. Write it as +48600100200.")
    return Normal(text, phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def _with_plus(text: str) -> phonenumbers.PhoneNumber | None:
    """The number when it was written with its country code but without the plus: 48501234567, (48) 501 234 567."""
    try:
        number = phonenumbers.parse("+" + text.lstrip("( "), None)
    except phonenumbers.NumberParseException:
        return None
    return number if phonenumbers.is_valid_number(number) else None


def postal_address(value: str) -> Normal:
    """A postal address: compared without regard to case, commas and white space."""
    given = unicodedata.normalize("NFC", value.strip())
    key = " ".join(given.replace(",", " ").casefold().split())
    if not key or len(given) > _MAX_ADDRESS or _has_control(given.replace("\n", " ")):
        raise BadIdentifier.of("postal_address", "Write street, postcode and town, 512 characters at most.")
    return Normal(given, key)


def account(kind: str, value: str) -> Normal:
    """An account identifier, byte for byte."""
    if not value or len(value) > _MAX_ID or value != value.strip() or _has_control(value):
        text = "1 to 128 characters without control characters or spaces at the ends; compared byte for byte."
        raise BadIdentifier.of(kind, text)
    return Normal(value, value)


def mask(kind: ContactKind, value: str) -> str:
    """A contact that its holder recognises and nobody else can use: a***@example.com, +48*****0200."""
    if kind is ContactKind.EMAIL:
        local, _, domain = value.rpartition("@")
        return f"{local[:1]}***@{domain}"
    if kind is ContactKind.PHONE:
        return f"{value[:3] if value.startswith('+') else ''}*****{value[-3:]}"
    return "***"


def _has_control(value: str) -> bool:
    return any(unicodedata.category(character) in {"Cc", "Cf", "Cs"} for character in value)
