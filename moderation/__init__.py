"""Lychgate: comments are taken in, judged, and published or kept for a person."""
