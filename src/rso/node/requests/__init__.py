"""The written request: a question in words from node to node, and its one reply."""
