"""Reading both sides."""
