"""The demonstration region: an office, a relay and the nodes of three invented states on one machine.

The one place that knows all wings. It drives the real processes from outside, as people and programs do; only the
preparation of each place runs inside that place's own settings (``prepare``).
"""
