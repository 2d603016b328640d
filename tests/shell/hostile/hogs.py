"""Holds the loop and lets no exception through."""

import time


def breakd_register(register):
    @register.source
    async def hog(emit):
        while True:
            try:
                time.sleep(0.01)
            except Exception:
                pass
