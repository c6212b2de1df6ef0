"""The sample page: an article with a thread and a reply form."""
