"""What the conformance suite needs of each provider: one that works, another root key, one that is away."""

from __future__ import annotations

import logging
import os
import secrets
import shutil
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from config import Config
from privacy.crypto.providers import shares
from privacy.crypto.providers.file import FileProvider
from privacy.crypto.providers.interface import Provider
from privacy.crypto.providers.pkcs11 import Pkcs11Provider
from privacy.crypto.providers.service import provider_of

NAMES = ("file", "pkcs11", "aws-kms", "shares")
#: Where Debian and Fedora put SoftHSM's library.
_MODULES = ("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib64/pkcs11/libsofthsm2.so")
NO_SOFTHSM = "SoftHSM is not here (Debian: apt-get install softhsm2)"


@dataclass
class Kit:
    """One provider with everything that it needs, running."""

    name: str
    #: The environment that an installation of it has.
    environ: Mapping[str, str]
    #: The same with another root key, and with one that is not there.
    other: Mapping[str, str]
    away: Mapping[str, str]
    #: What no text may show.
    secrets: list[str] = field(default_factory=list)
    #: Files that only their user may read.
    private: list[Path] = field(default_factory=list)
    #: Set where people bring the root key.
    roots: dict[str, shares.Root] = field(default_factory=dict)

    def provider(self) -> Provider:
        return self._of(self.environ, "own")

    def another(self) -> Provider:
        return self._of(self.other, "other")

    def absent(self) -> Provider:
        return self._of(self.away, "away")

    def _of(self, environ: Mapping[str, str], which: str) -> Provider:
        shares.hold(self.roots.get(which))
        return shares.SharesProvider(self.roots[which]) if which in self.roots else provider_of(keys_of(environ))


@contextmanager
def kms_server() -> Iterator[str]:
    """The address of a key service of Amazon's kind: moto's, on this machine."""
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


def keys_of(environ: Mapping[str, str]) -> Mapping[str, str]:
    return Config.from_env(dict(environ)).keys


@contextmanager
def kit(name: str, folder: Path, patch: pytest.MonkeyPatch, kms: str) -> Iterator[Kit]:
    """The kit of a provider; its folder is the installation's."""
    environ = {"PRIVACY_DATA_DIR": str(folder), "PRIVACY_KEYS_PROVIDER": name}
    makers = {"file": _file, "pkcs11": _pkcs11, "aws-kms": _aws_kms, "shares": _shares}
    yield makers[name](environ, folder, patch, kms)
    shares.hold(None)


def _file(environ: dict[str, str], folder: Path, _patch: pytest.MonkeyPatch, _kms: str) -> Kit:
    own, other = folder / "root-key", folder / "other-root-key"
    for path in (own, other):
        FileProvider(path).make()
    return Kit(
        "file",
        environ,
        environ | {"PRIVACY_ROOT_KEY": str(other)},
        environ | {"PRIVACY_ROOT_KEY": str(folder / "nowhere")},
        secrets=[own.read_text().strip()],
        private=[own],
    )


def _pkcs11(environ: dict[str, str], folder: Path, patch: pytest.MonkeyPatch, _kms: str) -> Kit:
    module = next((path for path in _MODULES if Path(path).exists()), None)
    if module is None or shutil.which("softhsm2-util") is None:
        pytest.skip(NO_SOFTHSM)
    # Tokens lie beside the installation, not in it.
    tokens = folder.with_name(f"{folder.name}-tokens")
    tokens.mkdir(mode=0o700)
    settings = tokens / "softhsm2.conf"
    settings.write_text(f"directories.tokendir = {tokens}\nobjectstore.backend = file\nlog.level = ERROR\n")
    patch.setenv("SOFTHSM2_CONF", str(settings))
    pin, pin_file = f"pin-{secrets.token_hex(8)}", tokens / "pin"
    pin_file.touch(mode=0o600)
    pin_file.write_text(pin + "\n")
    command = ["softhsm2-util", "--init-token", "--free", "--label", "privacy", "--pin", pin, "--so-pin", "so-pin-1"]
    subprocess.run(command, check=True, capture_output=True)
    environ = environ | {
        "PRIVACY_PKCS11_MODULE": module,
        "PRIVACY_PKCS11_TOKEN": "privacy",
        "PRIVACY_PKCS11_PIN_FILE": str(pin_file),
    }
    other = environ | {"PRIVACY_PKCS11_KEY": "other"}
    for one in (environ, other):
        Pkcs11Provider.of(keys_of(one)).make()
    away = environ | {"PRIVACY_PKCS11_TOKEN": "taken-out"}
    return Kit("pkcs11", environ, other, away, secrets=[pin], private=[pin_file])


def _aws_kms(environ: dict[str, str], _folder: Path, patch: pytest.MonkeyPatch, kms: str) -> Kit:
    import boto3

    secret = f"aws-{secrets.token_hex(16)}"
    for name, value in {
        "AWS_ACCESS_KEY_ID": "an-access-key",
        "AWS_SECRET_ACCESS_KEY": secret,
        "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }.items():
        patch.setenv(name, value)
    client = boto3.client("kms", endpoint_url=kms)
    own, other = (client.create_key()["KeyMetadata"]["Arn"] for _ in range(2))
    client.close()
    environ = environ | {"PRIVACY_AWS_KMS_KEY": own, "PRIVACY_AWS_KMS_ENDPOINT": kms}
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{closed.getsockname()[1]}"
    return Kit(
        "aws-kms",
        environ,
        environ | {"PRIVACY_AWS_KMS_KEY": other},
        environ | {"PRIVACY_AWS_KMS_ENDPOINT": nobody},
        secrets=[secret],
    )


def _shares(environ: dict[str, str], _folder: Path, _patch: pytest.MonkeyPatch, _kms: str) -> Kit:
    own, words = shares.make_shares(shares=5, threshold=3)
    other, _ = shares.make_shares(shares=5, threshold=3)
    shown = [own.secret.hex(), repr(own.secret), *words]
    return Kit("shares", environ, environ, environ, secrets=shown, roots={"own": own, "other": other})
