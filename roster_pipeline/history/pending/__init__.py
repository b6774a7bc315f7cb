"""Who has never logged in, and nothing can be assigned to: per site and section, and for how long."""
