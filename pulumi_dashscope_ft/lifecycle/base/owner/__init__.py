"""Whose an object is: the stamp in its name, and the key of the stamp's hash."""
