"""The engines behind the gallery's ports: the vault, the extractor and the index in memory."""
