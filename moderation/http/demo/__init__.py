"""The sample site: three articles, each with its comments in another way."""
