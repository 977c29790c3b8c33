"""The part of both front ends that runs in the user's program.

It spells the properties for programs, and asks the service the program's own questions.
"""
