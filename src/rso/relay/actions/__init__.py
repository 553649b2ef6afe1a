"""What changes at the relay. A node acts by its signed request, a person by the permission table."""
