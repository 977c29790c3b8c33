"""The checks of `dashscope-ft doctor`."""
