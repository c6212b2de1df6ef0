"""A sample page: an article with comments, as a publisher would have it."""
