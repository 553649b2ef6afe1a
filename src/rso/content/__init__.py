"""The editorial core: works, editions, language versions and segments; writing, translation, review, publication."""
