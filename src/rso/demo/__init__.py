"""The demonstration: sets the region of invented states up, shows both processes happening, and stays to be used.

It drives the real processes from outside, through the same interfaces as people and programs.
"""
