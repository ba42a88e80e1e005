"""The root key in AWS KMS, which wraps and unwraps over the network and never shows it.

The place is the encryption context, which KMS binds and writes into its own trail; it names the ring and the use of a
key, nothing secret. Every answer must come from the very key that the settings name: an alias that was pointed at
another one, or a service that answers for one, is refused.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from typing import Any

from privacy.crypto.providers.interface import KeyringUnusable, not_ours

#: A start waits so long for an answer, in seconds, and asks at most so often.
_CONNECT_SECONDS, _ANSWER_SECONDS, _ATTEMPTS = 3, 5, 2
_USABLE = "Enabled"
#: What KMS says of a value that is not this key's, of another place, or damaged.
_NOT_OURS = {"InvalidCiphertextException", "IncorrectKeyException"}


class AwsKmsProvider:
    """A symmetric key by its id, ARN or alias. Credentials and region are found as AWS programs find them."""

    name = "aws-kms"

    def __init__(self, key: str, endpoint: str | None) -> None:
        self._key, self._endpoint = key, endpoint
        self._made: Any = None
        self._arn: str | None = None

    @classmethod
    def of(cls, settings: Mapping[str, str]) -> AwsKmsProvider:
        """As the settings name it; raises `KeyringUnusable` where one is missing, or the Python library."""
        if not settings["aws_kms_key"]:
            raise KeyringUnusable("The provider aws-kms needs this setting too: PRIVACY_AWS_KMS_KEY.")
        _library("boto3")
        return cls(settings["aws_kms_key"], settings["aws_kms_endpoint"] or None)

    def wrap(self, secret: bytes, place: bytes) -> bytes:
        """As the interface says."""
        answer = self._ask("encrypt", Plaintext=secret, EncryptionContext=_context(place))
        if answer["KeyId"] != self._key_arn():
            raise not_ours(self._what)
        wrapped: bytes = answer["CiphertextBlob"]
        return wrapped

    def unwrap(self, wrapped: bytes, place: bytes) -> bytes:
        """As the interface says."""
        answer = self._ask("decrypt", CiphertextBlob=wrapped, EncryptionContext=_context(place))
        if answer["KeyId"] != self._key_arn():
            raise not_ours(self._what)
        secret: bytes = answer["Plaintext"]
        return secret

    def _key_arn(self) -> str:
        """The name under which the key answers, asked for once."""
        if self._arn is None:
            found = self._ask("describe_key")["KeyMetadata"]
            if found["KeyState"] != _USABLE:
                raise KeyringUnusable(f"{self._what} cannot be used: its state is {found['KeyState']}.")
            self._arn = found["Arn"]
        return self._arn

    def _ask(self, question: str, **arguments: Any) -> Any:
        failures = _library("botocore.exceptions")
        try:
            return self._asking(question)(KeyId=self._key, **arguments)
        except failures.ClientError as error:
            # Its text may quote what was sent; its code may not.
            code = str(error.response.get("Error", {}).get("Code", "unknown"))
            if code in _NOT_OURS:
                raise not_ours(self._what) from None
            raise KeyringUnusable(f"{self._what} cannot be used: AWS says {code}.") from None
        except failures.ParamValidationError:
            raise not_ours(self._what) from None  # Such as a value that was cut to nothing.
        except (failures.BotoCoreError, ValueError) as error:
            raise KeyringUnusable(f"{self._what} cannot be reached ({type(error).__name__}).") from None

    def _asking(self, question: str) -> Callable[..., Any]:
        if self._made is None:
            config = _library("botocore.config").Config(
                connect_timeout=_CONNECT_SECONDS,
                read_timeout=_ANSWER_SECONDS,
                retries={"total_max_attempts": _ATTEMPTS, "mode": "standard"},
            )
            self._made = _library("boto3").session.Session().client("kms", endpoint_url=self._endpoint, config=config)
        asking: Callable[..., Any] = getattr(self._made, question)
        return asking

    @property
    def _what(self) -> str:
        return f"The KMS key {self._key}"


def _context(place: bytes) -> dict[str, str]:
    return {"privacy": place.decode()}


def _library(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError:
        raise KeyringUnusable(
            "The provider aws-kms needs a library that is not installed. Run: pip install 'privacy[aws]'"
        ) from None
