"""Changes the folder and what signals do."""

import os
import signal


def breakd_register(register):
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGALRM):
        signal.signal(number, signal.SIG_IGN)

    @register.source
    async def move(emit):
        os.chdir("/")
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGALRM):
            signal.signal(number, signal.SIG_IGN)
