"""Bounded reading of what other people and programs wrote: regular files of a limited size, JSON of a limited shape.

Data files, states, reports and key files come from outside. A pipe without a writer hangs its reader, a sparse file
fills the memory, and so do a few megabytes of JSON that consist of brackets. Everything is measured here before it is
read or parsed.
"""
