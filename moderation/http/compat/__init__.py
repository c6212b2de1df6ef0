"""Dialects: the calls of other systems, answered as those systems answer them."""
