"""Backup, and restore that brings nobody back."""
