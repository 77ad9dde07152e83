"""pytest-postmortem: ties tests to post-mortems."""
