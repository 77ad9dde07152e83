"""A small order queue: what examples of incidents are made of."""
