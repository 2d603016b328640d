"""`python -m breakd`: the same as the command `breakd`."""

from breakd.cli.main import main

main()
