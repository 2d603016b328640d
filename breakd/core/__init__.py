"""What is decided: pure functions over events, no I/O, data types only."""
