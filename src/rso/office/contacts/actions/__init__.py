"""Changes of focal points and their subjects, taking them along, and reminding of them."""
