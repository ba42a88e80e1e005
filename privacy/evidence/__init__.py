"""Evidence that is handed out: bundles about a person, exported logs, and the verification of the whole system."""
