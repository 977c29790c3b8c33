"""Checkpoints that are exported as models."""
