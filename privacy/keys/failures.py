"""What can be wrong with a rotation or a destruction."""

from __future__ import annotations

from privacy.errors import Conflict


class KeyInUse(Conflict):
    """The key is in use, so it is not destroyed."""

    code = "key-in-use"


class BackupsNeedKey(Conflict):
    """There are backups that need the key; say that you know."""

    code = "backups-need-key"
