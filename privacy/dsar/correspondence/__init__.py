"""Correspondence with the person of a request: receipts, letters, answers; where they are reached, in which words."""
