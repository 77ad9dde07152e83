"""The `postmortem` command: one file a subcommand; the only room that imports click."""
