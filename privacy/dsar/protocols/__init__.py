"""Requests between machines: OpenDSR, the Data Rights Protocol."""
