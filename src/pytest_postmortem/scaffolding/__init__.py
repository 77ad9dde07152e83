"""New post-mortems and the tests they ask for, in the form that a repository already has."""
