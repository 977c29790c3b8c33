"""The version, in one place that costs nothing to import.

`pyproject.toml` reads it when the wheel is built; the User-Agent header and `dashscope-ft --version` read it at run time.
"""

__version__ = "0.1.0"
