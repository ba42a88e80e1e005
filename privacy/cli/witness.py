"""`privacy witness ...`: cosign the checkpoints of other people's logs, and find out two histories."""

from __future__ import annotations

import http.client
import signal
import threading
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from privacy.cli.output import json_option, print_json, print_lines

if TYPE_CHECKING:
    from privacy.audit.note import VerifierKey
    from privacy.audit.witness.cosigner import Cosigner
    from privacy.audit.witness.protocol import Log

#: As `doctor`: something was found.
_FOUND = 1
#: As other commands where nothing may be concluded.
_UNDECIDED = 2
_PATIENCE_SECONDS = 10

_state = click.option(
    "--state",
    "folder",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="The witness's own folder, with its key and what it cosigned.",
)


def _key_of(_ctx: click.Context, _option: click.Parameter, value: Any) -> Any:
    """The keys as such; a text that is none is wrong usage."""
    from privacy.audit.note import NoteInvalid, VerifierKey

    try:
        return tuple(map(VerifierKey.parse, value)) if isinstance(value, tuple) else VerifierKey.parse(value)
    except NoteInvalid as error:
        raise click.BadParameter(error.detail) from None


@click.group("witness")
def command() -> None:
    """A witness: cosigns a log's checkpoints as long as each continues the one before.

    A program apart, for another machine and better another owner than the log's. It needs no database, no settings and
    no keys of the service. See docs/witnesses.md.
    """


@command.command("init")
@click.option("--name", required=True, help="Name of its key, such as witness.example.org/w1.")
@_state
@json_option
def init(name: str, folder: Path, as_json: bool) -> None:
    """Make a witness with a key of its own, and print the key that logs and verifiers pin."""
    from privacy.audit.witness.cosigner import Cosigner

    key = str(Cosigner.make(folder, name).verifier)
    if as_json:
        print_json({"key": key})
    else:
        click.echo(key)


@command.command("trust")
@click.argument("key", callback=_key_of)
@_state
def trust(key: VerifierKey, folder: Path) -> None:
    """Cosign for the log with this KEY (name+hash+base64; the name is the log's origin).

    When a log changes its key, trust the new one as well: it goes on where the old one stopped.
    """
    from privacy.audit.witness.cosigner import Cosigner

    Cosigner.load(folder).trust(key)
    click.echo(f"Trusted for {key.name}.")


@command.command("distrust")
@click.argument("key", callback=_key_of)
@_state
def distrust(key: VerifierKey, folder: Path) -> None:
    """Cosign nothing more that this KEY alone signed. What was cosigned for its log is not forgotten."""
    from privacy.audit.witness.cosigner import Cosigner

    Cosigner.load(folder).distrust(key)
    click.echo(f"No longer trusted for {key.name}.")


@command.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65_535), default=8020, show_default=True, help="Port; 0: a free one.")
@_state
def serve(host: str, port: int, folder: Path) -> None:
    """Answer logs over HTTP until it is stopped. TLS, if wanted, is a proxy's work."""
    from privacy import logs
    from privacy.audit.witness.cosigner import Cosigner
    from privacy.audit.witness.server import WitnessServer

    logs.configure("INFO", "text")
    logs.take_uncaught()
    try:
        server = WitnessServer(host, port, Cosigner.load(folder))
    except OSError:
        raise click.ClickException(f"Cannot listen on {host}, port {port}. Is another witness running?") from None
    for number in (signal.SIGTERM, signal.SIGINT):
        # Not from the handler itself: it runs in the thread that `shutdown` waits for.
        signal.signal(number, lambda *_: threading.Thread(target=server.shutdown).start())
    shown = f"[{host}]" if ":" in host else host
    click.echo(f"Ready: http://{shown}:{server.server_port}")
    with server:
        server.serve_forever()


@command.command("status")
@_state
@json_option
@click.pass_context
def status(ctx: click.Context, folder: Path, as_json: bool) -> None:
    """The witness's key, its logs, and what it cosigned last. Exits with 1 where a log has forked."""
    from privacy.audit.witness.cosigner import Cosigner

    cosigner = Cosigner.load(folder)
    logs = [_told(cosigner, origin, log) for origin, log in sorted(cosigner.logs().items())]
    forks = [str(path) for path in cosigner.forks()]
    if as_json:
        print_json({"key": str(cosigner.verifier), "logs": logs, "forks": forks})
    else:
        print_lines([str(cosigner.verifier), *(line for log in logs for line in _lines_of(log))])
        print_lines(f"FORK: {path} holds a second history that the log signed." for path in forks)
    ctx.exit(_FOUND if forks else 0)


@command.command("compare")
@click.argument("sources", nargs=-1, required=True)
@click.option("--log", "keys", multiple=True, required=True, callback=_key_of, help="Key of the log; may be repeated.")
@json_option
@click.pass_context
def compare(ctx: click.Context, sources: tuple[str, ...], keys: tuple[VerifierKey, ...], as_json: bool) -> None:
    """Compare checkpoints of one log: each SOURCE is a file or an address of a checkpoint.

    Give what several witnesses cosigned last (`status` shows its path) or what the log shows you and others. Exits with
    0 where there is one history, 1 where the log signed two, 2 where sizes differ and nothing may be concluded.
    """
    from privacy.audit.witness.comparing import Verdict, compared

    found = compared([(source, _read(source)) for source in sources], keys)
    if as_json:
        shown = [{"source": source, "size": at.size, "root": at.root.hex()} for source, at in found.checkpoints]
        print_json({"verdict": found.verdict, "origin": keys[0].name, "size": found.size, "checkpoints": shown})
    else:
        print_lines([f"{source}: {at.size} leaves, root {at.root.hex()}" for source, at in found.checkpoints])
        click.echo(found.text)
    ctx.exit({Verdict.SAME: 0, Verdict.FORK: _FOUND, Verdict.UNDECIDED: _UNDECIDED}[found.verdict])


def _read(source: str) -> bytes:
    """A checkpoint as it stands in a file or at an address, unverified."""
    from privacy.audit.note import LONGEST
    from privacy.errors import Unavailable

    try:
        if source.startswith(("http://", "https://")):
            with urllib.request.urlopen(source, timeout=_PATIENCE_SECONDS) as answer:  # noqa: S310  # no other scheme
                read: bytes = answer.read(LONGEST + 1)
                return read
        with Path(source).open("rb") as file:
            return file.read(LONGEST + 1)
    except (OSError, http.client.HTTPException, ValueError):
        raise Unavailable(f"{source} cannot be read.") from None


def _told(cosigner: Cosigner, origin: str, log: Log) -> dict[str, Any]:
    from privacy import clock
    from privacy.audit.witness.protocol import origin_hash

    told: dict[str, Any] = {"origin": origin, "keys": list(map(str, log.keys)), "size": None, "root": None, "at": None}
    checkpoint = log.checkpoint
    if checkpoint and log.seen:
        (ours,) = (line for line in log.seen.signatures if line.is_by(cosigner.verifier))
        seconds = cosigner.verifier.verify(log.seen.text, ours) or 0
        told |= {"size": checkpoint.size, "root": checkpoint.root.hex(), "at": clock.isoformat(seconds * clock.SECOND)}
    return {**told, "path": f"/{origin_hash(origin)}/checkpoint"}


def _lines_of(log: dict[str, Any]) -> list[str]:
    seen = "nothing cosigned yet"
    if log["size"] is not None:
        seen = f"{log['size']} leaves, root {log['root']}, cosigned {log['at']}"
    keys = [f"  key {key}" for key in log["keys"]] or ["  no key is trusted"]
    return [f"{log['origin']}: {seen}", *keys, f"  {log['path']}"]
