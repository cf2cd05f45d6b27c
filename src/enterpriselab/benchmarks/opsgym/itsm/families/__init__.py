"""The task families of the ITSM server; one more family is one more file with a FAMILY."""
