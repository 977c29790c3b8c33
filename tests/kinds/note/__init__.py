"""A kind of resource that the package knows nothing of: a note on the service's shelf of files.

Everything about it is in this folder. Notes are kept by the emulator's endpoints for files, under names of their own.
"""
