"""Prints a hundred megabytes, in pieces of one."""

import sys


def breakd_register(register):
    @register.source
    def chatter(emit):
        line = "la " * 333_333 + "\n"
        for _ in range(50):
            print(line)
            sys.stderr.write(line)
