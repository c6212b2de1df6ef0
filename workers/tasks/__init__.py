"""One task for each bell; each calls one service until nothing is due."""
