"""The log: one event for every change, recorded in the change's own transaction."""
