"""How a program takes over something that exists."""
