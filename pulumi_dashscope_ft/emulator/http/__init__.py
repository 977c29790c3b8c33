"""How requests reach the emulated API, and the control API beside it."""
