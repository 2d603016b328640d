"""What is decided: pure functions over events, no I/O, standard library data types only."""
