"""Calls sys.exit wherever it is asked."""

import sys


def breakd_register(register):
    @register.source
    async def leave(emit):
        sys.exit(3)

    register.observer(lambda records: sys.exit(4))
