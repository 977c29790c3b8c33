"""The emulator's page at `/`."""
