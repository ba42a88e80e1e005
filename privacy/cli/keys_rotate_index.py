"""`privacy keys rotate index`: a new key for the blind indexes, and every value under it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from privacy.cli.output import json_option, print_json

if TYPE_CHECKING:
    from config import Config
    from privacy.keys.service import RotationView


@click.command("index")
@click.option(
    "--begin", is_flag=True, help="Only make the key and publish it: for servers that get the keyring by copy."
)
@json_option
def command(begin: bool, as_json: bool) -> None:
    """Make a new key for the blind indexes, move every value to it, and let go of the old one.

    The service goes on meanwhile. With servers that have the keyring each in a folder of its own, run it with --begin,
    copy the keyring to every one of them, and run it again without: a server that lacks the new key answers wrongly
    once values move. Killed anywhere, run it again: it goes on with what is left. docs/index-rotation.md tells more.
    """
    from privacy.authz.actors import OPERATOR
    from privacy.cli import installation
    from privacy.cli.opening import opened
    from privacy.keys import service as keys

    with opened() as config:
        with installation.alone(config.data_dir):
            view = _begun(config)
        if not begin and view.finished_at is None:
            _move(quiet=as_json)
            view = keys.finish_index_rotation(actor=OPERATOR)
        if not begin:
            _let_go(config, view)
    if as_json:
        print_json({"old": view.old, "new": view.new, "rows": view.moved, "unread": view.unread, "ended": not begin})
    elif begin:
        click.echo(
            f"Index key {view.new} is published. Copy the keyring to every server, then run this without --begin."
        )
    else:
        click.echo(f"{view.moved} rows are indexed under index key {view.new}; index key {view.old} is gone.")
        if view.unread:
            click.echo(f"{view.unread} values could not be read back. See docs/index-rotation.md", err=True)


def _begun(config: Config) -> RotationView:
    """The rotation in hand, begun where there is none, its new key in the keyring."""
    from privacy.authz.actors import OPERATOR
    from privacy.cli import rings
    from privacy.crypto.keyring import KeyUse
    from privacy.db import unit_of_work
    from privacy.keys import service as keys

    ring = rings.reread(config)
    with unit_of_work():
        view = keys.record_index_began(ring, actor=OPERATOR)
    if view.finished_at is not None:
        return view  # Only the old key is left to be dropped.
    if view.new not in ring.numbers(KeyUse.INDEX):
        rings.put(config, ring.with_new(KeyUse.INDEX))
    with unit_of_work():
        keys.publish_index_rotation()
    return view


def _move(*, quiet: bool) -> None:
    from privacy.db import end_read
    from privacy.keys import service as keys
    from privacy.subjects import service as subjects

    left = sum(subjects.indexed_under().values())
    end_read()
    with click.progressbar(length=left, label="Rows", file=sys.stderr, hidden=quiet) as bar:
        keys.move_indexes(on_portion=lambda moved: bar.update(moved.rows))


def _let_go(config: Config, view: RotationView) -> None:
    """Drop every key but the new one from the keyring, once every read that began before the end is over.

    There is more than the old one where a backup was restored while the key was being rotated.
    """
    from privacy.authz.actors import OPERATOR
    from privacy.cli import installation, rings
    from privacy.crypto.keyring import KeyUse
    from privacy.db import unit_of_work
    from privacy.keys import service as keys

    keys.wait_for_reads(view)
    with installation.alone(config.data_dir):
        ring = rings.reread(config)
        for number in set(ring.numbers(KeyUse.INDEX)) - {view.new}:
            with unit_of_work():
                keys.close_key(KeyUse.INDEX, number, actor=OPERATOR)
            ring = rings.put(config, ring.without(KeyUse.INDEX, number))
