"""Waiting for the service: how often to look, one look for everybody who waits."""
