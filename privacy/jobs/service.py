"""The doors of the room: the lists of jobs, and how they are run."""

from __future__ import annotations

from privacy.jobs.listing import Job, LongJob, listed, long
from privacy.jobs.running import run_job, run_until

__all__ = ["Job", "LongJob", "listed", "long", "run_job", "run_until"]
