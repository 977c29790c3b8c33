"""HTTP for the emulated API: connections, bodies, protection, and the control API."""
