"""Who the person of a request is, and how they prove it: accounts, codes, sessions."""
