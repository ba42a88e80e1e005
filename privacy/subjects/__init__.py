"""People, their account identifiers and contacts, and the links between them."""
