"""What can be done: one file for each use case, over the ports."""
