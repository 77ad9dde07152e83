"""The configuration: `[tool.pytest-postmortem]`, its values, remote sources and field maps."""
