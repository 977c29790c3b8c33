"""Reading what comes from outside: files that are files, of a size that fits, holding JSON that can do no harm.

Why it exists: a data file, a state, a report and a key file are written by other people and other programs. A pipe
that nobody writes to hangs its reader, a sparse file fills the memory, and so do a few megabytes of JSON that are
nothing but brackets. Each of these is measured here before it is read or parsed.
"""
