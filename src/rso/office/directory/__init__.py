"""Who and what the Bali Process and its RSO are, dated: members, bodies, principles, resources by official title."""
