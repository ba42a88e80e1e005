"""Retention: rules, legal holds, disposal runs."""
