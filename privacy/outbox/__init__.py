"""Addressed messages, written in the transaction that causes them and sent after it."""
