"""Who acts and what they may do: data, no code that decides anything about people."""
