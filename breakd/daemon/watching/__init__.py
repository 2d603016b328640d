"""Files that change while the daemon runs: the system tells, and what was saved right is put in force."""
