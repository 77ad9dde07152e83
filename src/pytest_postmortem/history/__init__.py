"""When incidents became guarded, from git history."""
