"""Learned scorers: what a site's moderators decided, on top of what the shipped scorers say."""
