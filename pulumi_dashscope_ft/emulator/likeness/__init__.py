"""Behaves as a report of the real service says: reads the report, and turns its answers into settings."""
