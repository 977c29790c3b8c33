"""Zip archives, read within bounds."""
