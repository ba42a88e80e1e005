"""Who may use the service: machine clients and their keys, staff, approvals by two people."""
