"""The root key in a token that speaks PKCS#11 (an HSM, a smart card, SoftHSM) and never leaves it.

AES-256-GCM happens in the token, with the place as associated data. Each call opens the library and closes it again:
nothing of it is left over when a server forks, and a token that was changed for another is noticed at once.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from privacy.crypto.providers.interface import KeyringUnusable, not_ours
from privacy.crypto.providers.private_file import read_private

_VERSION = b"\x01"
_NONCE_BYTES = 12
_TAG_BITS = 128
_KEY_BITS = 256
#: A library of this kind is one for the whole process.
_lock = threading.Lock()


class Pkcs11Provider:
    """An AES key by its label, in the token of that label."""

    name = "pkcs11"

    def __init__(self, module: str, token: str, key: str, pin_file: Path) -> None:
        self._module, self._token, self._key, self._pin_file = module, token, key, pin_file

    @classmethod
    def of(cls, settings: Mapping[str, str]) -> Pkcs11Provider:
        """As the settings name it; raises `KeyringUnusable` where one is missing, or the Python library."""
        missing = [
            f"PRIVACY_{name.upper()}"
            for name in ("pkcs11_module", "pkcs11_token", "pkcs11_key", "pkcs11_pin_file")
            if not settings[name]
        ]
        if missing:
            raise KeyringUnusable(f"The provider pkcs11 needs these settings too: {', '.join(missing)}.")
        _library()
        return cls(
            settings["pkcs11_module"],
            settings["pkcs11_token"],
            settings["pkcs11_key"],
            Path(settings["pkcs11_pin_file"]),
        )

    def make(self) -> bool:
        """Make the key in the token, for use there and never to be taken out; False where it is there already."""
        pkcs11 = _library()
        attribute = pkcs11.Attribute
        with self._session(write=True) as session:
            if list(session.get_objects(self._sought())):
                return False
            session.generate_key(
                pkcs11.KeyType.AES,
                _KEY_BITS,
                label=self._key,
                store=True,
                capabilities=pkcs11.MechanismFlag.ENCRYPT | pkcs11.MechanismFlag.DECRYPT,
                template={attribute.SENSITIVE: True, attribute.EXTRACTABLE: False, attribute.PRIVATE: True},
            )
        return True

    def wrap(self, secret: bytes, place: bytes) -> bytes:
        """As the interface says."""
        pkcs11 = _library()
        nonce = os.urandom(_NONCE_BYTES)
        with self._root() as root:
            sealed: bytes = root.encrypt(
                secret, mechanism=pkcs11.Mechanism.AES_GCM, mechanism_param=pkcs11.GCMParams(nonce, place, _TAG_BITS)
            )
        return _VERSION + nonce + sealed

    def unwrap(self, wrapped: bytes, place: bytes) -> bytes:
        """As the interface says."""
        pkcs11 = _library()
        nonce, sealed = wrapped[1 : 1 + _NONCE_BYTES], wrapped[1 + _NONCE_BYTES :]
        if wrapped[:1] != _VERSION or len(sealed) < _TAG_BITS // 8:
            raise not_ours(self._what)
        parameters = pkcs11.GCMParams(nonce, place, _TAG_BITS)
        with self._root() as root:
            try:
                secret: bytes = root.decrypt(sealed, mechanism=pkcs11.Mechanism.AES_GCM, mechanism_param=parameters)
            except (
                pkcs11.EncryptedDataInvalid,
                pkcs11.EncryptedDataLenRange,
                pkcs11.FunctionFailed,
                pkcs11.GeneralError,  # what SoftHSM says of a tag that does not fit
            ):
                raise not_ours(self._what) from None
        return secret

    @contextlib.contextmanager
    def _root(self) -> Iterator[Any]:
        pkcs11 = _library()
        with self._session() as session:
            found = list(session.get_objects(self._sought()))
            if len(found) != 1:
                raise KeyringUnusable(
                    f"{self._what} is there {len(found)} times instead of once. "
                    "A new installation makes it: privacy keys init"
                )
            if found[0][pkcs11.Attribute.EXTRACTABLE] or not found[0][pkcs11.Attribute.SENSITIVE]:
                raise KeyringUnusable(f"{self._what} could be taken out of its token. Make one that can't.")
            yield found[0]

    @contextlib.contextmanager
    def _session(self, *, write: bool = False) -> Iterator[Any]:
        pkcs11 = _library()
        pin = self._pin()
        with _lock:
            try:
                library = pkcs11.lib(self._module)
            except (pkcs11.PKCS11Error, RuntimeError, OSError):
                raise KeyringUnusable(f"{self._module} cannot be loaded as a PKCS#11 library.") from None
            try:
                with library.get_token(token_label=self._token).open(rw=write, user_pin=pin) as session:
                    yield session
            except (pkcs11.PinIncorrect, pkcs11.PinLocked, pkcs11.PinLenRange, pkcs11.PinInvalid, pkcs11.PinExpired):
                raise KeyringUnusable(
                    f"The token {self._token} does not accept the PIN in {self._pin_file}. "
                    "Mend it before the next try: tokens lock themselves after a few."
                ) from None
            except pkcs11.NoSuchToken:
                raise KeyringUnusable(f"There is no token {self._token} in {self._module}.") from None
            except pkcs11.PKCS11Error as error:
                raise KeyringUnusable(f"The token {self._token} does not answer ({type(error).__name__}).") from None
            finally:
                with contextlib.suppress(pkcs11.PKCS11Error):
                    library.finalize()

    def _sought(self) -> dict[Any, Any]:
        pkcs11 = _library()
        return {
            pkcs11.Attribute.CLASS: pkcs11.ObjectClass.SECRET_KEY,
            pkcs11.Attribute.KEY_TYPE: pkcs11.KeyType.AES,
            pkcs11.Attribute.LABEL: self._key,
        }

    def _pin(self) -> str:
        try:
            return read_private(self._pin_file).decode().strip()
        except FileNotFoundError:
            raise KeyringUnusable(f"{self._pin_file} is missing: the file with the token's PIN.") from None
        except (ValueError, OSError):
            raise KeyringUnusable(f"{self._pin_file} cannot be read as a PIN.") from None

    @property
    def _what(self) -> str:
        return f"The key {self._key} in the token {self._token}"


def _library() -> Any:
    try:
        return importlib.import_module("pkcs11")
    except ImportError:
        raise KeyringUnusable(
            "The provider pkcs11 needs a library that is not installed. Run: pip install 'privacy[pkcs11]'"
        ) from None
