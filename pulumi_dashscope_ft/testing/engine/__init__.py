"""The local engine: plans the steps of an operation and carries them out."""
