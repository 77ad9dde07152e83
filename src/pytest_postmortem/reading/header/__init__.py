"""What a post-mortem says about the incident as a whole: fields, metadata and root cause."""
