"""One processor that speaks OpenDSR 2.0, asked over HTTP. Every answer's signature is checked before it is parsed."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from cryptography import x509

from privacy.programme.connector_settings import OpenDsrSettings
from privacy.systems import opendsr_signature
from privacy.systems.addresses import Resolve
from privacy.systems.connector import SystemRefused
from privacy.systems.http_wire import Answer, Wire, ensure_success, json_body

#: Over which domain's signature a controller's request is read, where the processor wants one.
_CONTROLLER_HEADER = "X-OpenDSR-Controller-Domain"
_EXTENSIONS = {"application/json": "json", "text/csv": "csv", "application/zip": "zip", "text/plain": "txt"}


class RequestStatus(StrEnum):
    """Where a request stands at the processor."""

    PENDING = "pending"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Status:
    """What the processor says of one request."""

    status: RequestStatus
    results_url: str | None = field(repr=False)
    results_count: int | None


class Processor:
    """The way to one processor."""

    def __init__(self, settings: OpenDsrSettings, secret: Mapping[str, Any], resolve: Resolve) -> None:
        self._settings, self._secret, self._resolve = settings, secret, resolve
        self._wire = self._wire_to(settings.base_url)
        self._certificate: x509.Certificate | None = None

    def discover(self) -> Mapping[str, Any]:
        """What the processor says that it can do."""
        found = ensure_success(self._wire.send("GET", "/discovery", headers=self._authorization())).json()
        if not isinstance(found, dict):
            raise SystemRefused("The processor's discovery makes no sense.")
        return found

    def certificate(self, discovery: Mapping[str, Any]) -> x509.Certificate:
        """The certificate by which it signs, fetched from the processor's own domain."""
        url = discovery.get("processor_certificate")
        if not isinstance(url, str) or not self._is_own(url):
            raise SystemRefused("The processor's certificate is not at its own domain.")
        pem = ensure_success(self._fetched(url)).body
        try:
            return opendsr_signature.certificate_of(pem, self._settings.domain)
        except opendsr_signature.OpenDsrSignatureInvalid as error:
            raise SystemRefused(error.detail) from None

    def ask(self, request: Mapping[str, Any]) -> None:
        """Have a request begin; one that it has already is not begun again. Raises `SystemRefused`."""
        body = json_body(request)
        headers = {"Content-Type": "application/json", **self._authorization(), **self._signature(body)}
        answer = self._wire.send("POST", "/requests", headers=headers, body=body)
        if answer.status in {400, 409} and self._has(request["subject_request_id"]):
            return
        content = self._content(ensure_success(answer))
        self._ensure_about(content, request["subject_request_id"])
        echo = content.get("encoded_request")
        if echo is not None and echo != base64.b64encode(body).decode():
            raise SystemRefused("The processor confirms another request than it was given.")

    def status(self, request_id: str) -> Status:
        """Where a request stands."""
        answer = self._wire.send("GET", f"/requests/{request_id}", headers=self._authorization())
        content = self._content(ensure_success(answer))
        self._ensure_about(content, request_id)
        url, count = content.get("results_url"), content.get("results_count")
        try:
            status = RequestStatus(str(content.get("request_status")))
        except ValueError:
            raise SystemRefused("The processor answers with a status that OpenDSR does not have.") from None
        is_count = isinstance(count, int) and not isinstance(count, bool)
        return Status(status, url if isinstance(url, str) and url else None, count if is_count else None)

    def results(self, url: str) -> tuple[str, bytes]:
        """The file that a completed request leads to: the ending of its name, and its content."""
        answer = ensure_success(self._fetched(url))
        if not answer.delimited:
            raise SystemRefused("The processor does not say how long its file is: a part could not be told from it.")
        return _EXTENSIONS.get(answer.media_type, "bin"), answer.body

    def _has(self, request_id: str) -> bool:
        answer = self._wire.send("GET", f"/requests/{request_id}", headers=self._authorization())
        return answer.is_success and bool(self._content(answer))

    def _content(self, answer: Answer) -> Mapping[str, Any]:
        """What a signed answer holds."""
        domain = answer.headers.get(opendsr_signature.DOMAIN_HEADER.lower())
        if domain != self._settings.domain:
            raise SystemRefused("The answer is not signed in the name of the processor's domain.")
        if self._certificate is None:
            self._certificate = self.certificate(self.discover())
        try:
            signature = answer.headers.get(opendsr_signature.SIGNATURE_HEADER.lower())
            opendsr_signature.verify(self._certificate, signature, answer.body)
        except opendsr_signature.OpenDsrSignatureInvalid as error:
            raise SystemRefused(error.detail) from None
        content = answer.json()
        if not isinstance(content, dict):
            raise SystemRefused("The processor's answer makes no sense.")
        return content

    def _ensure_about(self, content: Mapping[str, Any], request_id: str) -> None:
        about = content.get("subject_request_id"), content.get("controller_id")
        if about != (request_id, self._settings.controller_id):
            raise SystemRefused("The processor answers about another request.")

    def _authorization(self) -> dict[str, str]:
        token = self._secret.get("token")
        return {"Authorization": f"Bearer {token}"} if isinstance(token, str) and token else {}

    def _signature(self, body: bytes) -> dict[str, str]:
        if self._settings.our_domain is None:
            return {}
        try:
            key = opendsr_signature.private_key_of(str(self._secret.get("private_key")))
        except ValueError as error:
            raise SystemRefused(f"The connection's `private_key` does not do: {error}.") from None
        signature = opendsr_signature.sign(key, body)
        return {_CONTROLLER_HEADER: self._settings.our_domain, opendsr_signature.SIGNATURE_HEADER: signature}

    def _is_own(self, url: str) -> bool:
        try:
            host = urlsplit(url).hostname or ""
        except ValueError:
            return False
        domain = self._settings.domain
        return host in {domain, urlsplit(self._settings.base_url).hostname} or host.endswith(f".{domain}")

    def _fetched(self, url: str) -> Answer:
        """A file at an address that the processor gave: nothing is told to it of who asks."""
        try:
            parts = urlsplit(url)
        except ValueError:
            raise SystemRefused("The processor gave an address that is none.") from None
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return self._wire_to(f"{parts.scheme}://{parts.netloc}").send("GET", target, headers={"Accept": "*/*"})

    def _wire_to(self, url: str) -> Wire:
        # Where else in our own network something listens is nothing that a processor may have us ask.
        at_home = urlsplit(url).netloc == urlsplit(self._settings.base_url).netloc
        return Wire(
            url,
            allowed=self._settings.allow_private if at_home else (),
            timeout=self._settings.timeout_seconds,
            most_bytes=self._settings.most_kilobytes * 1000,
            resolve=self._resolve,
        )
