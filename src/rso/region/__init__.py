"""A region on one machine: the places, their processes, the ceremony of keys, the invented people.

The ground on which the demonstration and the measurements both stand; it knows the three deployments by name, and
only ``prepare``, run inside one place's settings, reaches into a wing.
"""
