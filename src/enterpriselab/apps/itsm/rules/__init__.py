"""The rules of the desk as data, one file a rule: DDL, enforcement, policy text and verifiers come from them."""
