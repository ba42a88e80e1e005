"""`privacy keys move`: bring the keyring under the root key of another provider."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from privacy.cli.output import json_option, print_json

if TYPE_CHECKING:
    from config import Config
    from privacy.cli.root_change import Finished


@click.command("move")
@click.option(
    "--keep-root-key",
    is_flag=True,
    help="Leave the file of the root key for now, for backups of the keys made under it. Running it again destroys it.",
)
@json_option
def command(keep_root_key: bool, as_json: bool) -> None:
    """Wrap the keyring under the provider that PRIVACY_KEYS_PROVIDER names now. No key changes.

    Set that and what the new provider needs, leave the old one's settings, run this, then restart the service: until
    then it goes on with the keys it has. Killed anywhere, the ring is under the old provider or the new one, whole, and
    running this again finishes it. A root key file that serves no more is overwritten and deleted. To shares instead:
    privacy keys init --shares 5 --threshold 3
    """
    from privacy.cli import settings
    from privacy.crypto.providers.service import SharesProvider
    from privacy.crypto.providers.shares import forgetting
    from privacy.errors import InvalidInput

    config = settings.load()
    if config.keys_provider == SharesProvider.name:
        raise InvalidInput("Shares are made in a ceremony: privacy keys init --shares 5 --threshold 3")
    with forgetting():
        done, destroyed = _moved(config, keep_root_key=keep_root_key)
    if as_json:
        facts = {"moved": done is not None, "before": done.change.before if done else None}
        print_json({**facts, "provider": config.keys_provider, "destroyed": str(destroyed) if destroyed else None})
    else:
        text = "is under {} now. Restart the service." if done else "was under {} already."
        click.echo(f"The keyring {text.format(config.keys_provider)}")
    if destroyed:
        tell_of_destruction(str(destroyed))


def _moved(config: Config, *, keep_root_key: bool) -> tuple[Finished | None, Path | None]:
    """What was moved, if anything was, and the root key file that was destroyed."""
    from privacy.cli import installation, root_change
    from privacy.cli.keys_init import source_of
    from privacy.cli.opening import opened
    from privacy.crypto.providers.service import provider_of

    provider, before = provider_of(config.keys), source_of(config)
    with opened(config.changed(keys_provider=before)), installation.alone(config.data_dir):
        if before != provider.name:
            installation.make_root_key(provider)
            change = root_change.planned(before=before, provider=provider.name)
            done = root_change.bring_under(config, provider, change, keep_root_key=keep_root_key)
            return done, done.destroyed
        finished = root_change.finish(config)
        if finished is not None or keep_root_key:
            return finished, finished.destroyed if finished else None
        return None, root_change.destroy_file(config)


def tell_of_destruction(path: str) -> None:
    """What overwriting a file does and does not guarantee."""
    click.echo(
        f"{path} is overwritten and deleted. SSDs, copy-on-write file systems, snapshots and backups of this machine "
        "may keep old blocks: whoever has one, and the keyring of then, has the keys of then. Backups of the keys that "
        "were made under it no longer open. Make new ones: privacy backup",
        err=True,
    )
