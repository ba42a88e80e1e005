"""Signing in elsewhere: signed statements and OpenID Connect, for people and for staff alike."""
