"""`privacy ...`: the command line, thin: it reads options, calls services and prints. Help imports none of them."""

from __future__ import annotations

from privacy.cli.root import main

__all__ = ["main"]
