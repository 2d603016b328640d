"""Which routine is offered: those that a person may be offered at all, those that fit now, and one of them."""
