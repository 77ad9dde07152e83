"""The services that post-mortems are fetched from: one file each, all to one interface."""
