"""The embedded default: our processes and the servers that live in our folder, all ending with us."""
