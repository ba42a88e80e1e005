"""What the HTTP API takes and gives for imports."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from privacy.consent.schemas import Code
from privacy.consent.uploads.state import ImportState

#: A profile is a page of YAML; the longest that comes with the service has a tenth of this.
LONGEST_PROFILE = 100_000


class ImportWordingIn(Struct, forbid_unknown_fields=True):
    """The text that people agreed to. Without a version: the one in force on each row's date."""

    code: Code
    version: Annotated[str, Meta(min_length=1, max_length=32)] | None = None


class ImportIn(Struct, forbid_unknown_fields=True):
    """What is to be imported as what. The file itself comes after it."""

    #: A profile that comes with the service, or the text of another one: one of the two.
    file_name: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=200,
            pattern=r"^[^/\\\x00-\x1f\x7f]+$",
            description="Tells what the file is; kept sealed, and forgotten with the import.",
            examples=["audience_export.zip"],
        ),
    ]
    profile: Code | None = None
    profile_yaml: Annotated[str, Meta(min_length=1, max_length=LONGEST_PROFILE)] | None = None
    purpose: Code | None = None
    wording: ImportWordingIn | None = None
    dry_run: bool = False


class ImportWordingOut(Struct):
    """The text that people agreed to."""

    code: str
    version: str | None


class ImportOut(Struct):
    """An import and how far it is."""

    id: str
    state: ImportState
    profile: str | None
    purpose: str | None
    wording: ImportWordingOut | None
    dry_run: bool
    file_name: str | None
    bytes: int | None
    #: What the worker is doing; `done`, `of`, `percent` and `seconds_left` are of this stage.
    stage: str | None
    done: int
    of: int
    percent: Annotated[int, Meta(ge=0, le=100)]
    seconds_left: int | None
    #: What it did, or would do where it is a dry run; once it is done.
    counts: dict[str, int] | None
    #: Why it failed.
    problem: str | None
    has_rejects: bool
    rejects_deleted_at: str | None
    created_at: str
    uploaded_at: str | None
    started_at: str | None
    finished_at: str | None


class ImportsOut(Struct):
    """The newest imports, newest first."""

    imports: list[ImportOut]
