"""Closes standard input, output and error, as those who make daemons of themselves do."""

import os
import sys


def breakd_register(register):
    @register.source
    def close(emit):
        sys.stdout.close()
        sys.stderr.close()
        for number in (0, 1, 2):
            os.close(number)
