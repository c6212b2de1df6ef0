"""Pages that stand in for a site's own."""
