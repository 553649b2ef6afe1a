"""The relay's edges: its key file, and the threads that wait."""
