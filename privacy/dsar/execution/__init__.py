"""The execution of a request over every system: tasks, what was found, what was changed, who was told."""
