"""What answers a request for data: the package with its page, document and files, and what is left out of it."""
