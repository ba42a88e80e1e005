"""Shares between people and this process: shown one at a time, typed back, gathered. Never in arguments or logs."""

from __future__ import annotations

import os
import secrets
import sys
from pathlib import Path

import click

from privacy.crypto.keyring import Keyring
from privacy.crypto.providers.shares import Ceremony, Gathering, Root, ShareRefused, SharesProvider, make_shares
from privacy.errors import InvalidInput

#: How many of a share's words its holder types back.
_TYPED_BACK = 2
_TRIES = 3
_COLUMNS = 3
#: The screen and what could be scrolled back to.
_CLEAR = "\033[2J\033[3J\033[H"


def ensure_way(to: Path | None, data_dir: Path) -> None:
    """Raise `InvalidInput` where there is no safe way for the shares to their holders."""
    if to is None:
        if not _on_terminal():
            raise InvalidInput(
                "Shares are shown on a terminal, one at a time, and this is none. --to FOLDER writes each to a file."
            )
        return
    if data_dir.absolute() in [to.absolute(), *to.absolute().parents]:
        raise InvalidInput.of("to", "The shares must not lie in the data folder, beside what they open.")
    if to.exists() and (not to.is_dir() or any(to.iterdir())):
        raise InvalidInput.of("to", f"{to} is there and not an empty folder.")


def hold_ceremony(*, shares: int, threshold: int, to: Path | None, typing_back: bool) -> Root:
    """A new root key, after its holders have their shares; raises `InvalidInput` where one was written down wrongly."""
    root, made = make_shares(shares=shares, threshold=threshold)
    _ensure_each_combines(root, made)
    if to is not None:
        _write(made, root.ceremony, to)
        return root
    for number, words in enumerate(made, start=1):
        _show(number, words.split(), root.ceremony, typing_back=typing_back)
    return root


def gather(ceremony: Ceremony, keyring_path: Path) -> Root:
    """The root key from the shares that are typed, checked against the ring.

    Raises `ShareRefused` where standard input is no terminal and a share cannot be taken, `KeyringUnusable` where the
    shares make another key.
    """
    click.echo(
        f"Ceremony {ceremony.identifier}: {ceremony.threshold} of {ceremony.shares} shares are needed.", err=True
    )
    gathering = Gathering(ceremony)
    while gathering.missing:
        try:
            number = gathering.take(_typed(gathering.missing))
        except ShareRefused as refused:
            if not sys.stdin.isatty():
                raise
            click.echo(f"{refused.detail} Try again.", err=True)
            continue
        click.echo(f"Share {number} taken.", err=True)
    root = gathering.root()
    Keyring.load(keyring_path, SharesProvider(root))
    return root


def _typed(missing: int) -> str:
    if sys.stdin.isatty():
        typed: str = click.prompt(f"A share ({missing} more, not shown)", hide_input=True, err=True)
        return typed
    line = sys.stdin.readline()
    if not line:
        raise ShareRefused(f"Too few shares: {missing} more are needed.")
    return line


def _ensure_each_combines(root: Root, made: list[str]) -> None:
    """Every share takes part in making the key again before anybody relies on it."""
    threshold = root.ceremony.threshold
    for first in range(len(made)):
        gathering = Gathering(root.ceremony)
        for number in range(first, first + threshold):
            gathering.take(made[number % len(made)])
        if gathering.root() != root:
            raise RuntimeError("shares that do not make the key they were made of")


def _write(made: list[str], ceremony: Ceremony, folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    for number, words in enumerate(made, start=1):
        path = folder / f"share-{number}-of-{ceremony.shares}.txt"
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(words + "\n")
            file.flush()
            os.fsync(file.fileno())
    click.echo(
        f"Wrote {ceremony.shares} shares into {folder}. Give each to its holder and delete them here: "
        f"whoever has {ceremony.threshold} of them has the keys.",
        err=True,
    )


def _show(number: int, words: list[str], ceremony: Ceremony, *, typing_back: bool) -> None:
    for _ in range(_TRIES):
        click.echo(_CLEAR, nl=False)
        click.echo(
            f"Share {number} of {ceremony.shares}, ceremony {ceremony.identifier}. For its holder's eyes alone.\n"
            f"Any {ceremony.threshold} of the {ceremony.shares} open the service.\n"
        )
        for row in _in_columns(words):
            click.echo(f"  {row}")
        click.prompt("\nWrite it on paper. Press Enter when it is written", default="", show_default=False)
        click.echo(_CLEAR, nl=False)
        if not typing_back or _types_back(words):
            return
        click.echo("That was another word. The share is shown once more.")
    raise InvalidInput("A share was not written down rightly. Nothing was changed; hold the ceremony again.")


def _types_back(words: list[str]) -> bool:
    chosen = sorted(secrets.SystemRandom().sample(range(len(words)), _TYPED_BACK))
    # Each word is asked for whatever came of the one before, so that a guess is not told apart.
    answers = [click.prompt(f"Type back word {at + 1} (not shown)", hide_input=True) for at in chosen]
    return [str(answer).strip().lower() for answer in answers] == [words[at] for at in chosen]


def _in_columns(words: list[str]) -> list[str]:
    rows = -(-len(words) // _COLUMNS)
    cells = [f"{at:>2} {word:<10}" for at, word in enumerate(words, start=1)]
    return ["   ".join(cells[row::rows]).rstrip() for row in range(rows)]


def _on_terminal() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()
