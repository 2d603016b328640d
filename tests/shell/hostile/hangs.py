"""Never comes back, neither on the loop nor in a thread, and does not let itself be cancelled."""

import asyncio
import threading


def breakd_register(register):
    @register.source
    async def deaf(emit):
        while True:
            try:
                await asyncio.sleep(3600)
            except asyncio.CancelledError:
                pass

    @register.observer
    def thread(records):
        threading.Event().wait()

    @register.adviser
    async def never(context):
        await asyncio.Event().wait()

    class Screen:
        async def show(self, note):
            await asyncio.Event().wait()

        async def withdraw(self, key):
            await asyncio.Event().wait()

    register.notifier(Screen())
