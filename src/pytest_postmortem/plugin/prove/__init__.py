"""Code that runs inside the child processes of `postmortem prove`."""
