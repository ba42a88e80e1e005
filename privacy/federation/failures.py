"""What can go wrong with who signed in elsewhere."""

from __future__ import annotations

from privacy.errors import NotAuthenticated, NotFound, PrivacyError


class SignOnRefused(NotAuthenticated):
    """The sign-on cannot be taken: it is too old, was used already, or is not signed as agreed. Sign in again."""

    code = "sign-on-refused"


class SignOnSettingsInvalid(PrivacyError):
    """The settings of the sign-on cannot be used."""

    code = "sign-on-settings-invalid"


class ProviderNotOffered(NotFound):
    """No provider of accounts is set up here."""

    code = "provider-not-offered"
