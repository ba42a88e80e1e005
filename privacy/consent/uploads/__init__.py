"""Imports over the API: an upload that is kept sealed, and the work on it that anybody may watch."""
