"""Custom models that no training makes: compressed ones and imported ones."""
