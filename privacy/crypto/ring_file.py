"""What the file of a ring says without its root key: who keeps that."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from pathlib import Path

from privacy.crypto.keyring import KeyringUnusable
from privacy.crypto.providers.file import FileProvider
from privacy.crypto.providers.shares import Ceremony, SharesProvider


@dataclass(frozen=True)
class RingFile:
    """Whose root key wraps the keys, and where that is in shares, of which ceremony."""

    provider: str
    ceremony: Ceremony | None

    @classmethod
    def read(cls, path: Path) -> RingFile | None:
        """None where there is no ring. Raises `KeyringUnusable` for a damaged one."""
        try:
            document = json.loads(path.read_bytes())
            # The first format had its keys in the clear; they come under the file's key with the next change.
            provider = str(document.get("provider", FileProvider.name))
            wrapped = base64.b64decode(str(document["keys"][0].get("wrapped", "")), validate=True)
        except FileNotFoundError:
            return None
        except (KeyError, IndexError, TypeError, ValueError, AttributeError, OSError):
            raise KeyringUnusable(f"{path} cannot be read as a keyring. Restore it from its backup.") from None
        return cls(provider, Ceremony.of_wrapped(wrapped) if provider == SharesProvider.name else None)
