"""What others may add: the interfaces, the host that runs them safely, and a kit to test them."""
