"""Text into events, blocks and nodes: YAML, TOML, JSON and Markdown, each with the lines of the file."""
