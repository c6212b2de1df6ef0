"""Everything on one machine: the supervisor and the servers it runs."""
