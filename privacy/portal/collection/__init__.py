"""Forms by which consents are collected: on a page of ours, and inside pages of the controller's sites."""
