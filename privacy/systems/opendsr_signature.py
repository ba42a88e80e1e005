"""Signatures of OpenDSR 2.0: RSA with SHA-256 over the raw body, base64 in a header, by the key of a certificate.

Whoever verifies must have the certificate from its owner by a way that it trusts: here over TLS from the domain itself.
"""

from __future__ import annotations

import base64
import binascii

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

from privacy import clock
from privacy.errors import VerificationError

DOMAIN_HEADER = "X-OpenDSR-Processor-Domain"
SIGNATURE_HEADER = "X-OpenDSR-Signature"
#: FIPS 186-5 and NIST SP 800-131A: shorter keys protect nothing.
_SHORTEST_KEY = 2048


class OpenDsrSignatureInvalid(VerificationError):
    """The signature of an OpenDSR message does not hold."""

    code = "opendsr-signature-invalid"


def sign(key: rsa.RSAPrivateKey, body: bytes) -> str:
    """The header's value for a body."""
    return base64.b64encode(key.sign(body, padding.PKCS1v15(), hashes.SHA256())).decode()


def verify(certificate: x509.Certificate, signature: str | None, body: bytes) -> None:
    """Raises `OpenDsrSignatureInvalid`. Call it before the body is parsed."""
    key = certificate.public_key()
    try:
        if not isinstance(key, rsa.RSAPublicKey) or not signature:
            raise OpenDsrSignatureInvalid
        key.verify(base64.b64decode(signature, validate=True), body, padding.PKCS1v15(), hashes.SHA256())
    except (InvalidSignature, binascii.Error, ValueError):
        raise OpenDsrSignatureInvalid from None


def certificate_of(pem: bytes, domain: str) -> x509.Certificate:
    """The first certificate of a PEM file, which must be that domain's, valid now and not its own issuer (4.1).

    Raises `OpenDsrSignatureInvalid`.
    """
    try:
        certificate = x509.load_pem_x509_certificates(pem)[0]
        names = [one.value for one in certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
        key = certificate.public_key()
    except ValueError:
        raise OpenDsrSignatureInvalid("What the domain shows as its certificate is none.") from None
    if names != [domain]:
        raise OpenDsrSignatureInvalid("The certificate is another domain's.")
    if certificate.subject == certificate.issuer:
        raise OpenDsrSignatureInvalid("The certificate is signed by itself, which OpenDSR forbids.")
    if not isinstance(key, rsa.RSAPublicKey) or key.key_size < _SHORTEST_KEY:
        raise OpenDsrSignatureInvalid("The certificate's key is not RSA of 2048 bits or more.")
    now = clock.now()
    if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
        raise OpenDsrSignatureInvalid("The certificate is not valid now.")
    return certificate


def private_key_of(pem: str) -> rsa.RSAPrivateKey:
    """The key that signs. Raises ValueError, without a word of the key, for anything else."""
    try:
        key = serialization.load_pem_private_key(pem.encode(), None)
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, rsa.RSAPrivateKey) or key.key_size < _SHORTEST_KEY:
        raise ValueError("an RSA key of 2048 bits or more is needed, as PEM and without a password")
    return key
