"""Training data: what it may contain, how it is checked, and which files a job reads."""
