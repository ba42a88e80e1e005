"""A real SMTP server on this machine that behaves as it is told: it answers, hangs, or breaks off."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.systems.certificates import a_chain_of_one, a_key, as_pem

USER, PASSWORD = "privacy", "p@ss word"


@dataclass(frozen=True)
class Got:
    """One mail that was taken."""

    sender: str
    to: tuple[str, ...]
    content: bytes
    over_tls: bool
    options: tuple[str, ...]


@dataclass
class Handler:
    """What the server does; the tests change it."""

    got: list[Got] = field(default_factory=list)
    #: Answers in place of the usual ones, by command.
    answers: dict[str, str] = field(default_factory=dict)
    #: What happens after a text was taken and before that is said.
    after_data: Callable[[Any], None] = lambda _server: None
    #: How often to hang before the answer to a command, in seconds.
    hang: dict[str, float] = field(default_factory=dict)

    async def handle_MAIL(  # noqa: N802  # aiosmtpd's name
        self, _server: Any, _session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        await asyncio.sleep(self.hang.get("MAIL", 0))
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return self.answers.get("MAIL", "250 OK")

    async def handle_RCPT(  # noqa: N802  # aiosmtpd's name
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: list[str]
    ) -> str:
        if "RCPT" in self.answers:
            return self.answers["RCPT"].replace("ADDRESS", address)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802  # aiosmtpd's name
        self, server: Any, session: Any, envelope: Any
    ) -> str:
        if "DATA" in self.answers:
            return self.answers["DATA"]
        options = tuple(envelope.mail_options)
        self.got.append(
            Got(envelope.mail_from, tuple(envelope.rcpt_tos), envelope.content, session.ssl is not None, options)
        )
        self.after_data(server)
        await asyncio.sleep(self.hang.get("DATA", 0))
        return "250 2.0.0 taken"


class Relay:
    """The server, in a thread; `with` starts and ends it."""

    def __init__(self, folder: Path, *, tls: str = "starttls", auth: bool = True) -> None:
        self.handler = Handler()
        self.ca_file = folder / "relay-ca.pem"
        key = _the_key()
        self.ca_file.write_bytes(a_chain_of_one(key, "localhost").public_bytes(serialization.Encoding.PEM))
        (folder / "relay-key.pem").write_bytes(as_pem(key))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.ca_file, folder / "relay-key.pem")

        class _Controller(Controller):
            def factory(self) -> SMTP:
                return SMTP(
                    self.handler,
                    enable_SMTPUTF8=True,
                    tls_context=context if tls == "starttls" else None,
                    require_starttls=tls == "starttls",
                    authenticator=_authenticated if auth else None,
                    auth_required=auth,
                    auth_require_tls=tls == "starttls",
                )

        self.port = _free_port()
        self._controller = _Controller(
            self.handler, hostname="127.0.0.1", port=self.port, ssl_context=context if tls == "implicit" else None
        )

    def __enter__(self) -> Relay:
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()

    @property
    def url(self) -> str:
        """The setting that leads to it."""
        return f"smtp+starttls://{USER}:p%40ss%20word@localhost:{self.port}"


@cache
def _the_key() -> rsa.RSAPrivateKey:
    """One for all relays of a run: a key takes longer than a conversation."""
    return a_key()


def _authenticated(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
    assert isinstance(data, LoginPassword)
    return AuthResult(success=(data.login, data.password) == (USER.encode(), PASSWORD.encode()), handled=False)


def break_off(server: Any) -> None:
    """End the conversation without a word."""
    server.transport.abort()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
