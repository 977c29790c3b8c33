"""What a kind of resource says of itself: the descriptor, and the values that it is made of."""
