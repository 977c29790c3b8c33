"""How any kind is torn down."""
