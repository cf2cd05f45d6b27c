"""The verbs of `enterpriselab gym`: the servers that the public harness talks to."""
