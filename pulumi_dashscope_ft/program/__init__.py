"""What runs in the user's Python program, for the classes of both front ends: the properties as a program spells them,
and what the program itself asks the service for.
"""
