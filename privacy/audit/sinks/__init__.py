"""Sinks: sequenced events as a stream to a file, a syslog receiver or an HTTP collector, without personal data."""
