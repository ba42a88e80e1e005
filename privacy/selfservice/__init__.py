"""Persons' own doors: how they come in, their sessions, what they prefer beside consent."""
