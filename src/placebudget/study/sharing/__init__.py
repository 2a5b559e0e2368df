"""How the gain of working together could be shared: games of partners, and ways to share."""
