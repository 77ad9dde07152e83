"""`python -m pytest_postmortem` is the `postmortem` command."""

from pytest_postmortem.command.main import main

if __name__ == "__main__":
    main()
