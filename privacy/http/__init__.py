"""API plumbing: blueprint, authentication, problems (RFC 9457), idempotency, OpenAPI. Knows no domain word."""
