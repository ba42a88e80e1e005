"""`privacy restore release`: the data protection officer answers for a gap."""

from __future__ import annotations

import click

from privacy.cli.output import json_option, print_json


@click.command("release")
@click.option("--reason", required=True, help="Why the service may speak although something is missing.")
@click.option("--by", required=True, help="Name of the data protection officer, as `privacy staff create` knows it.")
@json_option
def command(reason: str, by: str, as_json: bool) -> None:
    """End the quarantine in spite of a gap. Who decided and why stands in the log for good.

    Withdrawals in the gap are lost: whoever withdrew there is asked again, or is left alone. An erasure in it must be
    done again. The database must verify (`privacy restore --verify`); what does not is mended, never released.
    """
    from privacy.access import service as access
    from privacy.cli import settings
    from privacy.cli.opening import opened
    from privacy.cli.restore import files_of, verify_log
    from privacy.recovery import service as recovery

    with opened(settings.load()) as config:
        restored = recovery.shown(files_of(config), verify_log=lambda: verify_log(config))
        if not restored.verdict.ok:
            raise recovery.RestoreImpossible("What was restored does not verify. See: privacy restore --verify")
        state = recovery.release_by(files_of(config), reason=reason, by=access.officer(by))
    if as_json:
        print_json({"released": not state.on, "gap": state.gap, "reason": state.reason})
    else:
        click.echo("The quarantine is ended. The service may be started.")
