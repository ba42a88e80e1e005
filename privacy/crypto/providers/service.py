"""The doors of the providers: choose one by the settings."""

from __future__ import annotations

from collections.abc import Mapping

from privacy.crypto.providers.aws_kms import AwsKmsProvider
from privacy.crypto.providers.file import FileProvider
from privacy.crypto.providers.interface import KeyringUnusable, Maker, Provider, Sealed
from privacy.crypto.providers.pkcs11 import Pkcs11Provider
from privacy.crypto.providers.shares import SharesProvider

__all__ = [
    "AwsKmsProvider",
    "FileProvider",
    "KeyringUnusable",
    "Pkcs11Provider",
    "Provider",
    "Sealed",
    "SharesProvider",
    "provider_of",
]

#: By the name in PRIVACY_KEYS_PROVIDER.
_MAKERS: dict[str, Maker] = {
    FileProvider.name: FileProvider.of,
    Pkcs11Provider.name: Pkcs11Provider.of,
    AwsKmsProvider.name: AwsKmsProvider.of,
    SharesProvider.name: SharesProvider.of,
}


def provider_of(settings: Mapping[str, str]) -> Provider:
    """The provider that the settings of the keys name; raises `KeyringUnusable`."""
    return _MAKERS[settings["provider"]](settings)
