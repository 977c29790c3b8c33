"""The quota of jobs: what counts toward it, and how a create waits for a place in it."""
