"""The keys of a node: key-encryption keys outside of every database, data keys in a store of their own."""
