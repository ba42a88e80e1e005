"""The service's own work in the background: what is done, how often, and the scheduler that does it."""
