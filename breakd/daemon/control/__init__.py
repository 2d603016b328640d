"""The control socket: what can be asked, what is answered, and who is told by itself."""
