"""The processes that answer bells."""
