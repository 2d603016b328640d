"""Made for another generation of the interface."""


def breakd_register2(register):
    register.source(lambda emit: None)
