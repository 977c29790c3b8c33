"""What the emulator remembers across restarts."""
