"""`python -m enterpriselab`: the command line where the script is not on the PATH."""

from enterpriselab.cli import main

if __name__ == "__main__":
    main()
