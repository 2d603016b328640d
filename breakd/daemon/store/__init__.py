"""What is written down and read again: the journal, its lines, and what comes in from elsewhere."""
