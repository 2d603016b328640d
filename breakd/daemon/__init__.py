"""What runs: the loop around the core, its journal, clock, calendar and control socket."""
