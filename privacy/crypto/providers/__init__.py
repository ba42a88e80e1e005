"""Who keeps the root key, under which every key of the ring is wrapped. One interface; one module a provider."""
