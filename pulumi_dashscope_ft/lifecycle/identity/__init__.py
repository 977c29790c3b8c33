"""The identity of a stack, which proves whose a job is."""
