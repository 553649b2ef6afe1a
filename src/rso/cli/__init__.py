"""The `rso` command."""
