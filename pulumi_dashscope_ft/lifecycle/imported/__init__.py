"""Imported models: weights from a bucket of the user."""
