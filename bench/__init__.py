"""Measurements: each figure beside its floor from the same run. `python -m bench`, docs/performance.md."""
