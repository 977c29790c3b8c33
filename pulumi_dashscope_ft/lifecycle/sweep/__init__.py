"""The sweep: which live objects nobody holds, and which have expired."""
