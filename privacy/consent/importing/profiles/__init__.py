"""Profiles by name or by file: those that come with the service, and those that somebody wrote for their own tool."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from marshmallow import ValidationError

from privacy import yaml_document
from privacy.consent.importing.profile import Profile
from privacy.consent.importing.profile_schema import SCHEMA
from privacy.errors import InvalidInput
from privacy.yaml_document import FileInvalid, Problem

_SUFFIX = ".yml"


class ProfileInvalid(FileInvalid):
    """The import profile has mistakes."""

    code = "profile-invalid"
    subject = "The profile"


def read(text: str | bytes, *, file: str | None = None) -> Profile:
    """Read a profile from YAML; raises `ProfileInvalid` with every mistake, each with its line and mend."""
    try:
        document = yaml_document.load(text)
    except FileInvalid as error:
        raise ProfileInvalid(error.problems, file=file) from None
    if document.duplicates:
        raise ProfileInvalid(document.duplicates, file=file)
    if not isinstance(document.content, dict):
        raise ProfileInvalid([Problem(1, "", "This is no mapping.", "Begin with `profile: name`.")], file=file)
    try:
        profile: Profile = SCHEMA.load(document.content)
    except ValidationError as error:
        found = [
            Problem(document.line(path), ".".join(map(str, path)), text, "") for path, text in _told(error.messages)
        ]
        raise ProfileInvalid(found, file=file) from None
    return profile


def shipped() -> Mapping[str, Profile]:
    """The profiles that come with the service, by name."""
    return _shipped()


def named(name: str) -> Profile:
    """A shipped profile by its name or one of its other names; raises `InvalidInput`."""
    for profile in shipped().values():
        if name in {profile.name, *profile.also}:
            return profile
    raise InvalidInput.of("profile", f"There is no such profile. Known: {', '.join(shipped())}; or name a YAML file.")


def named_or_read(name: str) -> Profile:
    """A shipped profile, or one from a YAML file at that path; raises `InvalidInput`."""
    if not name.lower().endswith((".yml", ".yaml")):
        return named(name)
    try:
        text = Path(name).read_bytes()
    except OSError as error:
        raise InvalidInput.of("profile", f"It cannot be read ({type(error).__name__}).") from None
    return read(text, file=Path(name).name)


@cache
def _shipped() -> dict[str, Profile]:
    folder = resources.files(__name__)
    files = sorted((entry for entry in folder.iterdir() if entry.name.endswith(_SUFFIX)), key=lambda entry: entry.name)
    profiles = [read(file.read_bytes(), file=file.name) for file in files]
    return {profile.name: profile for profile in profiles}


def _told(messages: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """The messages of a validation, each with its path in the file."""
    if isinstance(messages, Mapping):
        for key, found in messages.items():
            # Marshmallow puts the mistakes of a mapping's keys and values one level deeper.
            deeper = path if key in {"_schema", "value", "key"} else (*path, key)
            yield from _told(found, deeper)
    elif isinstance(messages, list):
        for found in messages:
            yield from _told(found, path)
    else:
        yield path, str(messages)
