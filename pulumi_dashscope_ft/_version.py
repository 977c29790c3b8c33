"""The version, in one module that is fast to import.

`pyproject.toml` reads it when the wheel is built; `dashscope-ft --version` and the User-Agent header read it at run
time.
"""

__version__ = "0.1.0"
