"""Action items: from lists, tables and front matter to items with ids."""
