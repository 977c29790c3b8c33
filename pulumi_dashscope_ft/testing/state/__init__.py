"""The state of a stack on the local engine."""
