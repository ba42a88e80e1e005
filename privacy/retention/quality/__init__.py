"""Upkeep of the quality of data: confirmations, stale contacts, people who may be one."""
