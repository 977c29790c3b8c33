"""Whom to talk to and as whom: the base URL, the key, the settings."""
