"""What the real service does: one small experiment for each fact that no page settles, and a report without secrets."""
