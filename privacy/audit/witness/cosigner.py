"""The witness's folder: its key, the logs that it knows, and the last checkpoint of each that it cosigned.

| file | |
| --- | --- |
| `key` | the private key, one line, mode 0600 |
| `state.json` | the logs; replaced as a whole, durably, before an answer is given |
| `lock` | held by whoever reads and then replaces the state, in whatever process |
| `forks/` | checkpoints that convict a log: signed by it, of a size that was cosigned with another root |

Nothing else stands between a log and two histories, so a state that is missing, damaged or not signed with the key
beside it is refused, never begun anew.
"""

from __future__ import annotations

import base64
import contextlib
import fcntl
import json
import os
import secrets
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from privacy import clock
from privacy.audit.checkpoint import verify_checkpoint
from privacy.audit.note import KeyType, Note, NoteInvalid, SigningKey, VerifierKey, is_name
from privacy.audit.witness.protocol import Answer, Log, Request, WitnessRequestInvalid, decide, origin_hash
from privacy.errors import Conflict, InvalidInput, NotFound, PrivacyError

_FORMAT = "privacy-witness/v1"
#: As Go's `note` package writes private keys, so that others can read it.
_PRIVATE = "PRIVATE+KEY+"
_SEED_BYTES = 32


class WitnessUnusable(PrivacyError):
    """The witness's folder cannot be used."""

    code = "witness-unusable"


class WitnessExists(Conflict):
    """There is a witness in that folder already."""

    code = "witness-exists"


class LogNotTrusted(NotFound):
    """The witness does not trust that key."""

    code = "log-not-trusted"


class Cosigner:
    """A witness in its folder. Any number of processes and threads may use one folder at a time."""

    def __init__(self, folder: Path, key: SigningKey) -> None:
        self._folder = folder
        self._key = key

    @classmethod
    def make(cls, folder: Path, name: str) -> Cosigner:
        """A new witness with a fresh key; raises `WitnessExists`, or `InvalidInput` for a name no key may have."""
        if not is_name(name):
            raise InvalidInput.of("name", "A name without spaces and plus signs is needed, as witness.example.org/w1.")
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        made = cls(folder, SigningKey(name, KeyType.COSIGNATURE, secrets.token_bytes(_SEED_BYTES)))
        with made._locked():
            if made._path("key").exists():
                raise WitnessExists(f"{folder} has the key of a witness. Choose another folder.")
            # The key comes last: where there is a key there is a state, so that a lost one is noticed.
            made._write({})
            _replace(made._path("key"), _key_text(made._key))
        return made

    @classmethod
    def load(cls, folder: Path) -> Cosigner:
        """The witness of that folder; raises `WitnessUnusable`, with what is wrong and what to do."""
        path = folder / "key"
        try:
            mode = stat.S_IMODE(path.stat().st_mode)
            if mode & 0o077:
                raise WitnessUnusable(f"{path} has mode {mode:04o}; others could read it. Run: chmod 600 {path}")
            found = cls(folder, _key_of(path.read_text(encoding="utf-8")))
        except FileNotFoundError:
            raise WitnessUnusable(f"{path} is missing. A new witness is made with: privacy witness init") from None
        except (OSError, ValueError, NoteInvalid):
            raise WitnessUnusable(f"{path} cannot be read as the key of a witness.") from None
        found.logs()
        return found

    @property
    def verifier(self) -> VerifierKey:
        """The key by which others know this witness."""
        return self._key.verifier

    def trust(self, key: VerifierKey) -> None:
        """Cosign from now on what that log key signs, for the log of its name; raises `InvalidInput`.

        A second key of a log goes on where the first stopped: what was cosigned stays the past of both.
        """
        if key.type is not KeyType.ED25519:
            raise InvalidInput.of("key", "This is the key of a witness; the key of a log is needed.")
        with self._locked():
            logs = self.logs()
            known = logs.get(key.name, Log(()))
            if key not in known.keys:
                self._write({**logs, key.name: Log((*known.keys, key), known.seen)})

    def distrust(self, key: VerifierKey) -> None:
        """Cosign nothing more by that key, and forget nothing; raises `LogNotTrusted`."""
        with self._locked():
            logs = self.logs()
            known = logs.get(key.name, Log(()))
            if key not in known.keys:
                raise LogNotTrusted
            rest = tuple(one for one in known.keys if one != key)
            self._write({**logs, key.name: Log(rest, known.seen)})

    def add_checkpoint(self, body: bytes) -> Answer:
        """Answer a request to cosign (tlog-witness). With status 200 the checkpoint is on disk, or nothing is answered.

        Raises OSError where the disk does not take it, `WitnessUnusable` where the state is damaged.
        """
        try:
            request = Request.parse(body)
        except WitnessRequestInvalid as error:
            return Answer(400, f"{error.detail}\n")
        with self._locked():
            logs = self.logs()
            log = logs.get(request.origin)
            answer = decide(log, request)
            if answer.is_fork:
                self._keep_fork(request)
            if log is None or answer.status != 200:
                return answer
            return self._cosign(logs, log, request)

    def logs(self) -> dict[str, Log]:
        """Every log by its origin; raises `WitnessUnusable`."""
        path = self._path("state.json")
        try:
            document = json.loads(path.read_bytes())
            if document["format"] != _FORMAT:
                raise WitnessUnusable(f"{path} has a format that this version does not know.")
            return {origin: self._log_of(origin, entry) for origin, entry in document["logs"].items()}
        except FileNotFoundError:
            text = f"{path} is missing, and with it what was cosigned. Make a new witness with a key of its own."
            raise WitnessUnusable(text) from None
        except (OSError, ValueError, KeyError, TypeError, AttributeError, NoteInvalid):
            text = f"{path} is damaged or belongs to another key. Make a new witness with a key of its own."
            raise WitnessUnusable(text) from None

    def latest(self, hashed: str) -> Note | None:
        """The last checkpoint of the log with that `origin_hash`, with its signatures and ours; None where none is."""
        return next((log.seen for origin, log in self.logs().items() if origin_hash(origin) == hashed), None)

    def forks(self) -> list[Path]:
        """Files with checkpoints that the witness refused since it had cosigned another root for their size."""
        return sorted(self._path("forks").glob("*.note"))

    def _cosign(self, logs: Mapping[str, Log], log: Log, request: Request) -> Answer:
        signature = self._key.sign(request.note.text, at=clock.micros() // clock.SECOND)
        trusted = tuple(line for line in request.note.signatures if any(line.is_by(key) for key in log.keys))
        seen = Note(request.note.text, (*trusted, signature))
        self._write({**logs, request.origin: Log(log.keys, seen)})
        return Answer(200, str(signature))

    def _keep_fork(self, request: Request) -> None:
        folder = self._path("forks")
        folder.mkdir(mode=0o700, exist_ok=True)
        path = folder / f"{origin_hash(request.origin)}-{request.old}.note"
        # One is enough, and more would be room that whoever has the log's key can fill.
        if not path.exists():
            _replace(path, str(request.note))

    def _log_of(self, origin: str, entry: Mapping[str, Any]) -> Log:
        keys = tuple(map(VerifierKey.parse, entry["keys"]))
        if entry["checkpoint"] is None:
            return Log(keys)
        # By us and of that log: a state that was edited or taken from elsewhere says nothing about what we signed.
        verify_checkpoint(entry["checkpoint"], origin, [self.verifier])
        return Log(keys, Note.parse(entry["checkpoint"]))

    def _write(self, logs: Mapping[str, Log]) -> None:
        entries = {
            origin: {"keys": list(map(str, log.keys)), "checkpoint": None if log.seen is None else str(log.seen)}
            for origin, log in logs.items()
        }
        text = json.dumps({"format": _FORMAT, "logs": entries}, indent=1, ensure_ascii=False)
        _replace(self._path("state.json"), text + "\n")

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        """Alone among all threads and processes: each opens the file for itself, so that `flock` parts threads too."""
        descriptor = os.open(self._path("lock"), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _path(self, name: str) -> Path:
        return self._folder / name


def _replace(path: Path, text: str) -> None:
    """The file has the old contents or the new ones at every moment, and the new ones for good when this returns."""
    pending = path.with_name(path.name + ".new")
    descriptor = os.open(pending, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(pending, path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _key_text(key: SigningKey) -> str:
    encoded = base64.b64encode(bytes([key.type]) + key.seed).decode()
    return f"{_PRIVATE}{key.name}+{key.verifier.id.hex()}+{encoded}\n"


def _key_of(text: str) -> SigningKey:
    """The key that `_key_text` wrote; raises ValueError for anything else."""
    name, _, encoded = text.removeprefix(_PRIVATE).removesuffix("\n").split("+", 2)
    raw = base64.b64decode(encoded, validate=True)
    key = SigningKey(name, KeyType.COSIGNATURE, raw[1:])
    if _key_text(key) != text:
        raise ValueError("not the key of a witness")
    return key
