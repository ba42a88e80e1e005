"""A message as an e-mail (RFC 5322): the same bytes at each attempt, so that a duplicate is known by its Message-ID."""

from __future__ import annotations

from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime

from email_validator import EmailNotValidError, validate_email

from privacy import clock
from privacy.outbox.failures import DeliveryInvalid
from privacy.outbox.transport import Sendable


@dataclass(frozen=True)
class Sender:
    """Who writes, as in `Sklep <rodo@example.com>`."""

    name: str
    address: str

    @classmethod
    def of(cls, setting: str) -> Sender:
        """The sender of the setting; raises `DeliveryInvalid`."""
        name, bracket, rest = setting.rpartition("<")
        address = rest.removesuffix(">").strip() if bracket else setting.strip()
        try:
            found = validate_email(address, check_deliverability=False, test_environment=True)
        except EmailNotValidError:
            found = None
        if found is None or found.ascii_email is None or not setting.isprintable():
            text = "Write an address, or a name and an address: Sklep <rodo@example.com>."
            raise DeliveryInvalid.of("PRIVACY_MAIL_FROM", text)
        return cls(name.strip().strip('"').strip(), found.ascii_email)

    @property
    def domain(self) -> str:
        """The domain, in ASCII."""
        return self.address.rpartition("@")[2]


@dataclass(frozen=True)
class Mail:
    """An e-mail with its envelope."""

    to: str
    content: bytes
    #: Whether the address has a local part beyond ASCII, which a server must understand (RFC 6531).
    utf8: bool


class BadAddress(Exception):
    """The address can be no recipient's."""


def mail_of(message: Sendable, sender: Sender) -> Mail:
    """The e-mail of a message; raises `BadAddress`."""
    to, utf8 = _envelope(message.to)
    mail = EmailMessage(policy=SMTPUTF8 if utf8 else SMTP)
    local, _, domain = sender.address.rpartition("@")
    mail["From"] = Address(sender.name, local, domain)
    # As text a header would be parsed: "a, b@c" names two.
    local, _, domain = to.rpartition("@")
    mail["To"] = Address("", local, domain)
    mail["Subject"] = message.subject
    mail["Date"] = format_datetime(clock.from_micros(message.written_at))
    mail["Message-ID"] = f"<{message.id}@{sender.domain}>"
    # No holiday notes in return (RFC 3834).
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    mail.set_content(message.body, charset="utf-8", cte="quoted-printable")
    mail["Content-Language"] = message.locale
    return Mail(to, mail.as_bytes(), utf8)


def _envelope(address: str) -> tuple[str, bool]:
    """The address as servers take it: its domain in ASCII, where the rest is; whether it needs SMTPUTF8."""
    try:
        found = validate_email(address, check_deliverability=False, allow_smtputf8=True, test_environment=True)
    except EmailNotValidError:
        raise BadAddress from None
    if found.ascii_email is not None:
        return found.ascii_email, False
    return found.normalized, True
