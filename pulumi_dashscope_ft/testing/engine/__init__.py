"""The local engine: it plans the steps of an operation and carries them out."""
