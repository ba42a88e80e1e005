"""Systems: connectors to whatever else holds personal data."""
