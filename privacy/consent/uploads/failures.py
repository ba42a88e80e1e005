"""What can go wrong with imports over the API."""

from __future__ import annotations

from privacy.errors import Conflict, NotFound, Unavailable


class ImportNotFound(NotFound):
    """There is no such import."""

    code = "import-not-found"


class RejectsNotFound(NotFound):
    """The import has no rejects, or none any more."""

    code = "rejects-not-found"


class WaterfallNotFound(NotFound):
    """The import has no waterfall: it goes on, or ended before everything was read and judged."""

    code = "waterfall-not-found"


class NotAwaitingUpload(Conflict):
    """The import has its file already, or has ended; create another one."""

    code = "import-not-awaiting-upload"


class UploadNotStored(Unavailable):
    """The upload could not be stored; nothing was changed, try again."""

    code = "upload-not-stored"
