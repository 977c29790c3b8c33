"""Compressed models: compression jobs, and the models that they produce."""
