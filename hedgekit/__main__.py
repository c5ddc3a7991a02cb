"""``python -m hedgekit``: the command line."""

from hedgekit.cli import main

if __name__ == "__main__":
    main()
