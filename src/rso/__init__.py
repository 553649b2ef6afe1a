"""The software on which the Regional Support Office of the Bali Process and its members run."""
