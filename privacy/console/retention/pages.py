"""Every page of the workbench, registered by being imported."""

from __future__ import annotations

from privacy.console.retention import forecast, holds, parts, quality, rules, runs

__all__ = ["forecast", "holds", "parts", "quality", "rules", "runs"]
