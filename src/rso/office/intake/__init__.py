"""Working with the RSO: six short forms that anybody may fill in, and the queue in which they are answered."""
