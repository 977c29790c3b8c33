"""The emulator's memory across restarts."""
