"""What is processed, why, by whom and under which texts: the privacy programme as a versioned document."""
