"""From an import that was asked for over the API to one that the engine runs."""

from __future__ import annotations

from privacy.consent.importing import profiles
from privacy.consent.importing.options import Options
from privacy.consent.importing.profile import Profile
from privacy.consent.importing.running import Import
from privacy.consent.importing.sources import sources_of
from privacy.consent.uploads.lease import Held
from privacy.consent.uploads.service import ImportWanted
from privacy.consent.uploads.store import ImportStore
from privacy.db import session
from privacy.errors import InvalidInput
from privacy.programme import service as programmes
from privacy.programme.service import ProgrammeConflict
from privacy.programme.types import Programme
from privacy.yaml_document import FileInvalid


def ensure_sensible(wanted: ImportWanted) -> None:
    """Raise `InvalidInput` for what can be seen to be wrong before there is a file."""
    if wanted.wordings is not None and not wanted.dry_run:
        raise InvalidInput.of("wordings", "They are tried on a dry run only. To import with them, publish them first.")
    code, version = wanted.wording or (None, None)
    programme = _programme(wanted.wordings)
    Options(wanted.purpose, code, version).values(_profile(wanted.profile, wanted.profile_text), programme)


def prepared(held: Held, store: ImportStore) -> Import:
    """The import that a worker holds, ready to run; raises `InvalidInput` before anything is written."""
    code, version = held.wording or (None, None)
    made = Import(
        _profile(held.profile, held.profile_text),
        sources_of(held.file_name, lambda: store.open(held.upload, held.key)),
        Options(held.purpose, code, version),
        actor=held.actor,
        programme=_programme(held.wordings),
    )
    session().close()  # The programme is read. On SQLite an open read would keep every writer out until the first unit.
    return made


def _programme(wordings: str | None) -> Programme:
    """The one in force, with the wordings to try."""
    programme = programmes.current()
    if wordings is None:
        return programme
    try:
        return programmes.tried_with(programme, wordings)
    except FileInvalid as error:
        raise InvalidInput(errors={"wordings": [str(problem) for problem in error.problems]}) from None
    except ProgrammeConflict as error:
        raise InvalidInput(errors={"wordings": list(error.refusals)}) from None


def _profile(name: str | None, text: str | None) -> Profile:
    if (name is None) == (text is None):
        raise InvalidInput.of("profile", "Name a profile that comes with the service, or send one as profile_yaml.")
    if name is not None:
        return profiles.named(name)
    try:
        return profiles.read(text or "")
    except FileInvalid as error:
        raise InvalidInput(errors={"profile_yaml": [str(problem) for problem in error.problems]}) from None
