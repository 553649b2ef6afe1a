"""What waits for whom, and what can be shown afterwards: the node's home page, the auditor's pages, the API."""
