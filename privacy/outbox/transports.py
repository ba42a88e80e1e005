"""The ways to send that the settings open."""

from __future__ import annotations

from dataclasses import dataclass, field

from privacy.outbox.failures import DeliveryInvalid
from privacy.outbox.gateway import Gateway, gateway_of
from privacy.outbox.mail import Sender
from privacy.outbox.models import MessageKind
from privacy.outbox.sms import SmsTransport
from privacy.outbox.smtp import Relay, SmtpTransport
from privacy.outbox.transport import Transport


@dataclass(frozen=True)
class Ways:
    """How messages leave. Where a way is not set up its messages wait."""

    relay: Relay | None = field(default=None, repr=False)
    sender: Sender | None = None
    gateway: Gateway | None = field(default=None, repr=False)

    @classmethod
    def of(
        cls,
        *,
        smtp_url: str = "",
        smtp_ca_file: str = "",
        mail_from: str = "",
        sms_gateway: str = "",
        sms_secret: str = "",
    ) -> Ways:
        """The ways of the settings; raises `DeliveryInvalid`, which says what would be right."""
        if smtp_url and not mail_from:
            raise DeliveryInvalid.of("PRIVACY_MAIL_FROM", "Say who writes: Sklep <rodo@example.com>.")
        return cls(
            Relay.of(smtp_url, ca_file=smtp_ca_file) if smtp_url else None,
            Sender.of(mail_from) if mail_from else None,
            gateway_of(sms_gateway, secret=sms_secret) if sms_gateway else None,
        )

    @property
    def kinds(self) -> frozenset[MessageKind]:
        """The kinds of messages that can be sent."""
        mail = {MessageKind.EMAIL} if self.relay is not None else set()
        return frozenset(mail | ({MessageKind.SMS} if self.gateway is not None else set()))

    def transports(self) -> tuple[Transport, ...]:
        """Fresh conversations, for one thread."""
        found: list[Transport] = []
        if self.relay is not None and self.sender is not None:
            found.append(SmtpTransport(self.relay, self.sender))
        if self.gateway is not None:
            found.append(SmsTransport(self.gateway))
        return tuple(found)
