"""How any kind is created once, found again, or taken over."""
