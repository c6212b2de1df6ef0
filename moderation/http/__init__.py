"""How the outside speaks to us."""
