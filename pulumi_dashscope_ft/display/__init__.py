"""What the engine's display shows while a provider works: lines and status lines, each at its resource."""
