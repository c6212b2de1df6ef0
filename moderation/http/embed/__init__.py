"""Pages that a site sends its readers to, or shows within its own."""
