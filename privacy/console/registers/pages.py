"""Every page of the workbench, registered by being imported."""

from __future__ import annotations

from privacy.console.registers import listing, one, writing

__all__ = ["listing", "one", "writing"]
