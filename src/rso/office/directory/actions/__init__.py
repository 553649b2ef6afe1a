"""Changes of the directory: loading the shipped facts, and what the office's administrators enter and correct."""
