"""The version, in one place that costs nothing to import.

`pyproject.toml` reads it when the wheel is built; `dashscope-ft --version` and the User-Agent header at run time.
"""

__version__ = "0.1.0"
