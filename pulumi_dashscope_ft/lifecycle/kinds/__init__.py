"""The kinds of resource that there are. Everybody else asks here."""
