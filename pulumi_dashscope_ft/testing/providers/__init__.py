"""Provider processes, and the conversation with them."""
