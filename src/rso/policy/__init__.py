"""Who may ask, answer and disclose what: pure decisions over arrangement, message and protection state."""
