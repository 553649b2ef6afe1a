"""What is read at the relay."""
