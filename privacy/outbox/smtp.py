"""Send e-mail by SMTP (RFC 5321): over TLS, one conversation for several messages, each step with its meaning.

Only what happens after the text began to flow leaves doubt whether a message went; everything before is a clear no.
"""

from __future__ import annotations

import contextlib
import ipaddress
import re
import smtplib
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from privacy.deadline import cut_off
from privacy.outbox.failures import DeliveryInvalid
from privacy.outbox.mail import BadAddress, Mail, Sender, mail_of
from privacy.outbox.models import MessageKind
from privacy.outbox.transport import Outcome, Result, Sendable

#: Seconds that one answer may take, and a message altogether. Less than a lease.
TIMEOUT = 30.0
MESSAGE_TIMEOUT = 120.0
_PORTS = {"smtps": 465, "smtp+starttls": 587, "smtp": 25, "smtp+plain": 25}
_SETTING = "PRIVACY_SMTP_URL"
_MEND = (
    "Write smtps://user:password@host:465 or smtp+starttls://user:password@host:587; smtp:// only for this machine, "
    "smtp+plain:// for a relay in a network that you vouch for."
)
_ENHANCED = re.compile(rb"[245]\.[0-9]{1,3}\.[0-9]{1,3}(?![0-9.])")


@dataclass(frozen=True)
class Relay:
    """The server that takes our mail."""

    scheme: str
    host: str
    port: int
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    #: Certificates that its own must lead to; None for the system's.
    ca_file: Path | None = None
    timeout: float = TIMEOUT
    message_timeout: float = MESSAGE_TIMEOUT

    @classmethod
    def of(cls, setting: str, *, ca_file: str = "") -> Relay:
        """The relay of the setting; raises `DeliveryInvalid`, which repeats nothing of it."""
        try:
            url = urlsplit(setting)
            port = url.port
        except ValueError:
            raise DeliveryInvalid.of(_SETTING, _MEND) from None
        scheme, host = url.scheme, url.hostname or ""
        if scheme not in _PORTS or not host or port == 0 or url.path.strip("/") or url.query or url.fragment:
            raise DeliveryInvalid.of(_SETTING, _MEND)
        here = _is_here(host)
        if scheme == "smtp" and not here:
            raise DeliveryInvalid.of(_SETTING, f"Letters would cross the network in the clear. {_MEND}")
        if scheme == "smtp+plain" and url.username and not here:
            raise DeliveryInvalid.of(_SETTING, f"The password would cross the network in the clear. {_MEND}")
        if ca_file and not Path(ca_file).is_file():
            raise DeliveryInvalid.of("PRIVACY_SMTP_CA_FILE", "The file is not there.")
        return cls(
            scheme,
            host,
            port or _PORTS[scheme],
            unquote(url.username) if url.username else None,
            unquote(url.password or "") if url.username else None,
            Path(ca_file) if ca_file else None,
        )

    def open(self) -> smtplib.SMTP:
        """A conversation, encrypted and authenticated as the scheme says; raises what smtplib and ssl raise."""
        context = ssl.create_default_context(cafile=str(self.ca_file) if self.ca_file else None)
        if self.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, timeout=self.timeout, context=context)
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=self.timeout)
        try:
            with _within(server, self.message_timeout):
                if self.scheme == "smtp+starttls":
                    server.starttls(context=context)
                server.ehlo_or_helo_if_needed()
                if self.user is not None:
                    server.login(self.user, self.password or "")
        except BaseException:
            server.close()
            raise
        return server


class SmtpTransport:
    """Sends over one relay."""

    kind = MessageKind.EMAIL

    def __init__(self, relay: Relay, sender: Sender) -> None:
        self._relay = relay
        self._sender = sender
        self._server: smtplib.SMTP | None = None

    def send(self, message: Sendable) -> Outcome:
        """Send one message; what the relay and the network do is the outcome."""
        try:
            mail = mail_of(message, self._sender)
        except BadAddress:
            return Outcome(Result.REFUSED, "address-invalid")
        reused = self._server is not None
        outcome = self._attempt(mail)
        if reused and outcome.way_closed:
            # A server may end a conversation that rests; nothing of this message was sent in it.
            outcome = self._attempt(mail)
        return outcome

    def close(self) -> None:
        """Take leave of the relay."""
        if self._server is not None:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                self._server.quit()
            self._drop()

    def _attempt(self, mail: Mail) -> Outcome:
        try:
            server = self._server = self._server or self._relay.open()
        except (OSError, smtplib.SMTPException, ValueError) as error:
            return Outcome(Result.PUT_OFF, _why_closed(error), way_closed=True)
        if mail.utf8 and not server.has_extn("smtputf8"):
            return Outcome(Result.REFUSED, "no-smtputf8")
        try:
            with _within(server, self._relay.message_timeout):
                refused = self._envelope(server, mail)
                return refused or self._text(server, mail)
        except (OSError, smtplib.SMTPException):
            # Before the text: `_text` has an outcome for everything.
            self._drop()
            return Outcome(Result.PUT_OFF, "connection-lost", way_closed=True)

    def _envelope(self, server: smtplib.SMTP, mail: Mail) -> Outcome | None:
        """Sender and recipient; None where both are taken."""
        code, answer = server.mail(self._sender.address, ["SMTPUTF8", "BODY=8BITMIME"] if mail.utf8 else [])
        if code != 250:
            # Whatever it has against the sender concerns every message, and is ours to mend.
            self._drop()
            return Outcome(Result.PUT_OFF, _code(code, answer), way_closed=True)
        code, answer = server.rcpt(mail.to)
        if code in {250, 251}:
            return None
        self._reset(server)
        return _no(code, answer)

    def _text(self, server: smtplib.SMTP, mail: Mail) -> Outcome:
        try:
            code, answer = server.data(mail.content)
        except smtplib.SMTPDataError as error:
            # It did not want the text; none was sent.
            self._reset(server)
            return _no(error.smtp_code, error.smtp_error)
        except (OSError, smtplib.SMTPException):
            self._drop()
            return Outcome(Result.UNKNOWN, "connection-lost-after-data")
        if code == 250:
            return Outcome(Result.SENT)
        return _no(code, answer)

    def _reset(self, server: smtplib.SMTP) -> None:
        try:
            server.rset()
        except (OSError, smtplib.SMTPException):
            self._drop()

    def _drop(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None


@contextlib.contextmanager
def _within(server: smtplib.SMTP, seconds: float) -> Iterator[None]:
    assert server.sock is not None  # It is connected.
    with cut_off(server.sock, seconds):
        yield


def _no(code: int, answer: bytes | str) -> Outcome:
    if 500 <= code < 600:
        return Outcome(Result.REFUSED, _code(code, answer))
    return Outcome(Result.PUT_OFF, _code(code, answer), way_closed=code == 421)


def _code(code: int, answer: bytes | str) -> str:
    """The codes of an answer (RFC 5321, 3463); its words may repeat the address."""
    raw = answer if isinstance(answer, bytes) else answer.encode(errors="replace")
    enhanced = _ENHANCED.match(raw)
    return f"smtp-{code}" + (f" {enhanced[0].decode()}" if enhanced else "")


def _why_closed(error: Exception) -> str:
    match error:
        case ssl.SSLError():
            return "tls-failed"
        case smtplib.SMTPNotSupportedError():
            return "no-starttls-or-auth"
        case smtplib.SMTPAuthenticationError():
            return f"not-authenticated smtp-{error.smtp_code}"
        case smtplib.SMTPResponseException():
            return _code(error.smtp_code, error.smtp_error)
        case TimeoutError():
            return "timeout"
    return "unreachable"


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
