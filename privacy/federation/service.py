"""Who signed in elsewhere: what other rooms may ask of signed statements and of a provider of OpenID Connect."""

from __future__ import annotations

from privacy.federation.failures import ProviderNotOffered, SignOnRefused, SignOnSettingsInvalid
from privacy.federation.oidc import Asking, Provider
from privacy.federation.signed import KeyPlace, Said, is_address, statement

__all__ = [
    "Asking",
    "KeyPlace",
    "Provider",
    "ProviderNotOffered",
    "Said",
    "SignOnRefused",
    "SignOnSettingsInvalid",
    "is_address",
    "statement",
]
