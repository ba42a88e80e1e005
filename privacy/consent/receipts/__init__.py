"""Consent receipts: what was agreed, in four forms, each signed and proven by the log."""
