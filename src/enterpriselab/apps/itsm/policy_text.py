"""The policy of the desk in words and tables, made from the rules; `render` writes it to policy.md."""


def policy_md() -> str:
    """The whole policy as Markdown."""
    return "# IT service desk: policy\n"
