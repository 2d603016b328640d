"""Its hook waits for something."""

import asyncio


async def forever():
    await asyncio.Event().wait()


def breakd_register(register):
    register.observer(lambda records: [None for _ in records and ()])
    register.source(lambda emit: asyncio.run(forever()))
