"""What the command says of an import, as far as its profile leaves it open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from privacy.consent.importing.profile import Profile
from privacy.errors import InvalidInput
from privacy.programme.types import Programme, Purpose


@dataclass(frozen=True)
class Options:
    """Options of one import; which of them it needs, its profile tells."""

    purpose: str | None = None
    wording: str | None = None
    #: None: the version in force on each row's date, or the one that the row names.
    version: str | None = None

    @classmethod
    def of(cls, purpose: str | None, wording: str | None) -> Options:
        """With the wording as the command line writes it: `CODE` or `CODE:VERSION`."""
        code, _, version = (wording or "").partition(":")
        return cls(purpose, code or None, version or None)

    def values(self, profile: Profile, programme: Programme) -> Mapping[str, str | None]:
        """What the profile's `$purpose` and `$wording` stand for, and the version.

        Raises `InvalidInput` for one that is missing, not wanted, or would leave every row without effect.
        """
        given = {"purpose": self.purpose, "wording": self.wording}
        found: dict[str, str | None] = {}
        for name, value in given.items():
            if name not in profile.options and value is not None:
                raise InvalidInput.of(name, f"The profile {profile.name} takes it from its files. Leave it out.")
            if name in profile.options:
                found[name] = value or profile.options[name]
                if found[name] is None:
                    raise InvalidInput.of(name, f"The profile {profile.name} needs it: its files don't say.")
        if self.version is not None and profile.wording is not None and profile.wording.version is not None:
            raise InvalidInput.of("wording", f"The files of the profile {profile.name} name the version themselves.")
        purpose, wording = found.get("purpose"), found.get("wording")
        if purpose is not None:
            _require_channel(profile, programme.purpose(purpose))
        if wording is not None:
            _require_wording(wording, self.version, purpose, programme)
        return {**found, "version": self.version}


def _require_channel(profile: Profile, purpose: Purpose) -> None:
    """Refuse a purpose that is reached by none of the channels on which the profile's files tell of consents."""
    told = profile.channels_of_option("purpose")
    if told and None not in told and not told & set(purpose.channels):
        channels = ", ".join(sorted(channel for channel in told if channel))
        raise InvalidInput.of("purpose", f"{purpose.code} is not sent by {channels}, of which the files tell.")


def _require_wording(code: str, version: str | None, purpose: str | None, programme: Programme) -> None:
    versions = {known: text for (name, known), text in programme.wordings.items() if name == code}
    if not versions:
        known = sorted({name for name, _ in programme.wordings})
        raise InvalidInput.of("wording", f"The programme has no such wording. It has: {', '.join(known)}.")
    if version is not None and version not in versions:
        raise InvalidInput.of("wording", f"{code} has the versions {', '.join(versions)}.")
    cited = [text for known, text in versions.items() if version in {None, known}]
    if purpose is not None and all(text.purposes and purpose not in text.purposes for text in cited):
        raise InvalidInput.of("wording", f"{code} is not about {purpose}.")
