"""Certificates made for a test: of a server on loopback, and of a processor that signs."""

from __future__ import annotations

import datetime
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID


def a_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def a_chain_of_one(key: rsa.RSAPrivateKey, domain: str, *, from_day: int = -1, until_day: int = 1) -> x509.Certificate:
    """A self-signed certificate of that domain, valid between two days from now."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, domain)])
    now = datetime.datetime.now(datetime.UTC)
    starts, ends = now + datetime.timedelta(days=from_day), now + datetime.timedelta(days=until_day)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), starts, ends)
    return (
        builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(domain)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )


def an_issued_certificate(
    key: rsa.RSAPrivateKey, domain: str, *, from_day: int = -1, until_day: int = 1
) -> x509.Certificate:
    """A certificate of that domain that an authority signed."""
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Authority of tests")])
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, domain)])
    now = datetime.datetime.now(datetime.UTC)
    starts, ends = now + datetime.timedelta(days=from_day), now + datetime.timedelta(days=until_day)
    builder = x509.CertificateBuilder(issuer, name, key.public_key(), x509.random_serial_number(), starts, ends)
    return builder.sign(_of_the_authority(), hashes.SHA256())


@cache
def _of_the_authority() -> rsa.RSAPrivateKey:
    return a_key()


def as_pem(key: rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def a_certificate(folder: Path, domain: str) -> Path:
    """A certificate of that domain with its key, in one file.

    Valid for a century around now: now may be a frozen clock's, and TLS asks that of the machine.
    """
    key = a_key()
    path = folder / f"{domain}.pem"
    chain = a_chain_of_one(key, domain, from_day=-18_000, until_day=18_000)
    path.write_bytes(as_pem(key) + chain.public_bytes(serialization.Encoding.PEM))
    return path
