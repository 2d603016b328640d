"""How the daemon is installed to run by itself: a room of its own, which only `breakd service` and `doctor` enter."""
