"""Warnings to people before their data go."""
