"""The HTTP interface for nodes (docs/reference/relay.md)."""
