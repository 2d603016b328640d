"""How things are put: as words in English, and as data for others."""
