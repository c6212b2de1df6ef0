"""How we speak to the outside: database, broker, scorers, vault."""
