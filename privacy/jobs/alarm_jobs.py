"""The jobs of alarms: the watch, and what sends them."""

from __future__ import annotations

from collections.abc import Collection

from privacy.jobs.alarms import Staff
from privacy.jobs.listing import LongJob
from privacy.jobs.questions import Watched, questions
from privacy.jobs.watching import EVERY, NAME, Watch
from privacy.jobs.webhooks import Calling, Webhook

_CALLING = "call alarm webhook"


def alarm_jobs(names: Collection[str], watched: Watched, staff: Staff, webhook: Webhook | None) -> tuple[LongJob, ...]:
    """The watch over the jobs of these names, and over itself; and the webhook's, if there is one."""
    calling = (LongJob(_CALLING, 2, Calling(webhook).run),) if webhook is not None else ()
    watched_names = {*names, NAME, *(job.name for job in calling)}
    watch = Watch(watched_names, questions(watched), staff)
    return (LongJob(NAME, EVERY, watch.run, close=watch.release), *calling)
