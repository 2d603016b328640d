"""Gives back what nobody asked for, and tells what is no event."""


def breakd_register(register):
    register.source(lambda emit: emit("active"))
    register.adviser(lambda context: {"walking": 2})
    register.guide(lambda session: 3)
    register.notifier(type("Screen", (), {"show": lambda self, note: False, "withdraw": lambda self, key: "no"})())
