"""Coming in by an OpenID Connect provider of the controller, which says whose account it is."""

from __future__ import annotations

from dataclasses import dataclass

from privacy.federation.service import Provider, SignOnSettingsInvalid
from privacy.selfservice.sign_on import SignedOn
from privacy.systems.service import Network

_SETTINGS = "PRIVACY_PORTAL_OIDC_"


@dataclass(frozen=True)
class Oidc:
    """What the settings say of the provider, and of which account it says something."""

    provider: Provider
    #: The claim with the account's identifier, and the type of that in the programme.
    claim: str
    identifier: str

    @classmethod
    def of(
        cls,
        issuer: str,
        client: str,
        secret_file: str,
        *,
        claim: str,
        identifier: str,
        back: str,
        allowed: tuple[Network, ...] = (),
    ) -> Oidc | None:
        """As the settings say; None where none of them is set. Raises `SignOnSettingsInvalid`."""
        if not (issuer or client or secret_file or identifier):
            return None
        if not (issuer and client and secret_file and identifier and claim):
            raise SignOnSettingsInvalid(f"Set every one of {_SETTINGS}*, or none of them.")
        provider = Provider.of(issuer, client, secret_file, back=back, settings=_SETTINGS, allowed=allowed)
        return cls(provider, claim, identifier)

    def begin(self, browser: str) -> str:
        """Where a browser with this secret goes to sign in; outside any transaction. Raises `Unavailable`."""
        return self.provider.begin(browser)

    def finish(self, browser: str, state: str, code: str) -> SignedOn:
        """Who signed in, by the answer that the browser brings; outside any transaction.

        Raises `SignOnRefused` for an answer that this browser did not begin, or that does not hold; `Unavailable`.
        """
        said = self.provider.finish(browser, state, code)
        return SignedOn(self.identifier, said.text(self.claim), None, said.expires_at)
