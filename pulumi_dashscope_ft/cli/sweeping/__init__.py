"""What `dashscope-ft sweep` reads and reports."""
