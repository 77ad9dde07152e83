"""Rules on documents: where a post-mortem will not lead to learning."""
