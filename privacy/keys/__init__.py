"""The service's own keys in use: ceremony, rotation, status, destruction."""
