"""The API, version 1: one file for each noun."""
