"""`privacy keys init`: make the root key and the keyring under it; with shares, in a ceremony."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from privacy.cli.output import json_option, print_json

if TYPE_CHECKING:
    from collections.abc import Callable

    from config import Config
    from privacy.crypto.providers.shares import Root


@click.command("init")
@click.option("--shares", type=click.IntRange(2, 16), help="Hold a ceremony: so many shares of the root key.")
@click.option("--threshold", type=click.IntRange(2, 16), help="How many of them open the service.")
@click.option(
    "--to",
    type=click.Path(path_type=Path),
    help="Write each share to a file of its own in this folder, instead of showing them one at a time.",
)
@click.option("--no-typing-back", is_flag=True, help="Do not ask each holder for two words of the share.")
@json_option
def command(shares: int | None, threshold: int | None, to: Path | None, no_typing_back: bool, as_json: bool) -> None:
    """Make the root key where PRIVACY_KEYS_PROVIDER says, and the keyring under it.

    With the provider shares this is the ceremony: everybody who will hold a share is here, each sees one, writes it on
    paper and types two of its words back. Any THRESHOLD of them open the service from then on (privacy keys unseal);
    with fewer, nobody does, and what the keys sealed is lost. A keyring that is there already is wrapped under the new
    root key; no key in it changes. The log keeps that it was held.
    """
    from privacy.cli import settings
    from privacy.crypto.providers.service import SharesProvider
    from privacy.crypto.providers.shares import forgetting
    from privacy.errors import InvalidInput

    config = settings.load()
    if config.keys_provider != SharesProvider.name:
        if shares or threshold:
            raise InvalidInput(
                f"PRIVACY_KEYS_PROVIDER is {config.keys_provider}. Set it to shares first: the service starts by it."
            )
        made = _make(config)
        if as_json:
            print_json({"made": made})
        else:
            for line in [*(f"Made: {what}" for what in made), "Next: privacy init"]:
                click.echo(line)
        return
    if shares is None or threshold is None:
        raise InvalidInput("Say how many shares there shall be: privacy keys init --shares 5 --threshold 3")
    if threshold > shares:
        raise InvalidInput.of("threshold", f"Of {shares} shares at most {shares} can be needed.")
    with forgetting():
        _hold(config, shares=shares, threshold=threshold, to=to, typing_back=not no_typing_back)
    if as_json:
        print_json({"made": ["root key in shares"], "shares": shares, "threshold": threshold})


def source_of(config: Config) -> str:
    """The provider that the ring is under; where that is shares, after they were given to this process.

    Raises `KeyringUnusable` where there is no ring.
    """
    from privacy.cli import shares
    from privacy.crypto.keyring import KeyringUnusable
    from privacy.crypto.providers.shares import hold
    from privacy.crypto.ring_file import RingFile

    found = RingFile.read(config.keyring_path)
    if found is None:
        raise KeyringUnusable(f"{config.keyring_path} is missing. A new installation makes it: privacy keys init")
    if found.ceremony is not None:
        hold(shares.gather(found.ceremony, config.keyring_path))
    return found.provider


def _make(config: Config) -> list[str]:
    from privacy.cli import installation
    from privacy.crypto.providers.service import provider_of

    provider = provider_of(config.keys)
    installation.make_folder(config)
    made = []
    with installation.alone(config.data_dir):
        if not config.keyring_path.exists() and installation.make_root_key(provider):
            made.append(f"root key by {provider.name}")
        if installation.make_keyring(config):
            made.append(f"keyring {config.keyring_path}")
    return made


def _hold(config: Config, *, shares: int, threshold: int, to: Path | None, typing_back: bool) -> None:
    from privacy.cli import installation
    from privacy.cli.shares import ensure_way, hold_ceremony

    ensure_way(to, config.data_dir)
    installation.make_folder(config)

    def ceremony() -> Root:
        return hold_ceremony(shares=shares, threshold=threshold, to=to, typing_back=typing_back)

    if config.keyring_path.exists():
        _for_the_ring(config, ceremony)
    else:
        _for_a_new_installation(config, ceremony)
    click.echo(
        f"The keyring is under {threshold} of {shares} shares. The service starts sealed: privacy keys unseal", err=True
    )


def _for_the_ring(config: Config, ceremony: Callable[[], Root]) -> None:
    from privacy.cli import installation, root_change
    from privacy.cli.keys_move import tell_of_destruction
    from privacy.cli.opening import opened
    from privacy.crypto.providers.service import SharesProvider
    from privacy.crypto.providers.shares import hold

    before = source_of(config)
    source = config.changed(keys_provider=before)
    installation.prepare(source)  # Also finishes a change that was killed.
    with opened(source), installation.alone(config.data_dir):
        root = ceremony()
        change = root_change.planned(before=before, provider=SharesProvider.name, root=root)
        done = root_change.bring_under(config, SharesProvider(root), change)
        hold(root)
    if done.destroyed:
        tell_of_destruction(str(done.destroyed))


def _for_a_new_installation(config: Config, ceremony: Callable[[], Root]) -> None:
    from privacy.cli import installation, root_change
    from privacy.cli.opening import engine_of
    from privacy.crypto.providers.service import SharesProvider
    from privacy.crypto.providers.shares import hold

    with engine_of(config) as engine, engine.connect():
        """Before anybody writes a share on paper: the database can be reached."""
    root = ceremony()
    root_change.begin(config, root_change.planned(before=None, provider=SharesProvider.name, root=root))
    hold(root)
    for what in installation.prepare(config):
        click.echo(f"Made: {what}", err=True)
