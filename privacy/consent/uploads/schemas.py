"""What the HTTP API takes and gives for imports."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from privacy.consent.importing.waterfall import Step
from privacy.consent.schemas import Code
from privacy.consent.uploads.state import ImportState

#: A profile is a page of YAML; the longest that comes with the service has a tenth of this.
LONGEST_PROFILE = 100_000
#: A consent text has a paragraph or two: this is enough for a hundred.
LONGEST_WORDINGS = 100_000


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
    wordings: (
        Annotated[
            str,
            Meta(
                min_length=1,
                max_length=LONGEST_WORDINGS,
                description="YAML of historical wordings to try before they are published; with dry_run only.",
            ),
        ]
        | None
    ) = None


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
    #: Whether historical wordings were given to try on the dry run.
    wordings_tried: bool
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


class WaterfallRowsOut(Struct):
    """The rows of the files; `total` is the sum of the others."""

    total: int
    broken: int
    says_nothing: int
    with_entries: int


class WaterfallStepOut(Struct):
    """How many entries fall at a step, and how many are left after it."""

    step: Step
    count: int
    left: int


class WaterfallAllowedOut(Struct):
    """Entries that do not fall, repeats among them, and the keys that they come to."""

    entries: int
    repeats: int
    keys: int


class WaterfallPermissionsOut(Struct):
    """Keys that may be used, before and after."""

    before: int
    after: int
    gained: int
    lost: int


class WaterfallCountOut(Struct):
    """Entries that are counted together. An empty text or null: the rows don't say."""

    step: Step
    purpose: str
    channel: str
    source: str
    wording: str
    year: int | None
    count: int


class WaterfallOut(Struct):
    """How what the rows say becomes "may contact", or at which step it falls."""

    profile: str
    files: list[str]
    at: str
    programme: int
    dry_run: bool
    rows: WaterfallRowsOut
    entries: int
    total: int
    steps: list[WaterfallStepOut]
    may_contact: WaterfallAllowedOut
    permissions: WaterfallPermissionsOut
    counts: list[WaterfallCountOut]
