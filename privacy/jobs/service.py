"""The doors of the room: the list of jobs, and how they are run."""

from __future__ import annotations

from privacy.jobs.listing import Job, listed
from privacy.jobs.running import run_job, run_until

__all__ = ["Job", "listed", "run_job", "run_until"]
