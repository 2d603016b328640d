"""Raises in everything it is asked for."""


def breakd_register(register):
    def fail(*_):
        raise RuntimeError("as always")

    register.source(fail)
    register.observer(fail)
    register.guide(fail)
    register.adviser(fail)
    register.notifier(type("Screen", (), {"show": fail, "withdraw": fail})())
