"""The settings of a command: the environment, and what options change of it."""

from __future__ import annotations

import os
from typing import Any

from config import Config
from privacy import logs


def load(*, long_running: bool = False, **changes: Any) -> Config:
    """Read the environment, apply the options that were given, set the log up; raises `ConfigInvalid`.

    A command that answers and ends logs warnings only: what it did is what it prints.
    """
    given = {name: value for name, value in changes.items() if value is not None}
    config = Config.from_env(os.environ)
    if given:
        config = config.changed(**given)
        config.verify()
    level = config.log_level if long_running or config.log_level == "ERROR" else "WARNING"
    logs.configure(level, config.log_format)
    if long_running:
        logs.take_uncaught()
    return config
