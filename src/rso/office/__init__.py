"""The RSO's own work. No part of it knows the relay or a node."""
