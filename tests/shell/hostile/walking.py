"""Has the name of a bundled plugin."""

raise SystemExit("it was imported")
