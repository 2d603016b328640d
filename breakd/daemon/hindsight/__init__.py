"""The journal and other traces lived through the core once more: why, what if, how it went."""
