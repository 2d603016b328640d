"""A kit to test plugins with: it runs the real host, so it refuses what the daemon would. Time is made up.

    from breakd.plugin.testing import check, collect, load, run_day

    plugin = load(my_module, '[plugins.neck]\\nreps = 3')   # as the daemon would; raises Refused with the reason
    collect(plugin.source, 2)                              # the first two events it emits
    run_day(plugin).notes                                  # what is shown in a made-up working day
    check(plugin)                                          # what the contracts ask of all that it registered

No test waits: a source that sleeps for an hour is through at once. What is outside, such as a socket or a program, is
waited for in real time, at most ten seconds.
"""

from breakd.plugin.testing.contract import Finding, check
from breakd.plugin.testing.day import Day, run_day
from breakd.plugin.testing.loading import Plugin, Refused, load
from breakd.plugin.testing.made_up import MONDAY, FakeDesktop, context, note, record, routine, script, stream
from breakd.plugin.testing.running import Told, advise, collect, command, gather, present, show, watch
from breakd.plugin.testing.time import MadeUpTime, in_made_up_time

__all__ = [
    "MONDAY",
    "Day",
    "FakeDesktop",
    "Finding",
    "MadeUpTime",
    "Plugin",
    "Refused",
    "Told",
    "advise",
    "check",
    "collect",
    "command",
    "context",
    "gather",
    "in_made_up_time",
    "load",
    "note",
    "present",
    "record",
    "routine",
    "run_day",
    "script",
    "show",
    "stream",
    "watch",
]
