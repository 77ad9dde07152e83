"""From the text of a document to a Postmortem."""
