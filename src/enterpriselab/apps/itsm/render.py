"""Writes schema.sql and policy.md from the rules: `python -m enterpriselab.apps.itsm.render`."""

from pathlib import Path

from enterpriselab.apps.itsm.policy_text import policy_md
from enterpriselab.apps.itsm.rules.tables import Column, TableRule, accepted, tables

FOLDER = Path(__file__).parent


def schema_sql() -> str:
    """The DDL of all tables, with the closed lists, lengths and keys of the rules."""
    head = "-- Written by `python -m enterpriselab.apps.itsm.render` from rules/; change the rules, not this file.\n"
    return head + "".join(f"\n{_table(rule)}" for rule in tables().values())


def _table(rule: TableRule) -> str:
    lines = [_column(rule, column) for column in rule.columns]
    if len(rule.key) > 1:
        lines.append(f"PRIMARY KEY ({', '.join(rule.key)})")
    lines += [f"UNIQUE ({', '.join(columns)})" for columns in rule.uniques]
    lines += [f"CHECK ({check})" for check in rule.checks]
    body = ",\n".join(f"    {line}" for line in lines)
    return f"CREATE TABLE {rule.name} (\n{body}\n) STRICT;\n"


def _column(rule: TableRule, column: Column) -> str:
    kind = {"text": "TEXT", "time": "TEXT", "bool": "INTEGER", "int": "INTEGER", "money": "REAL"}[column.kind]
    parts = [column.name, kind]
    if rule.key == (column.name,):
        parts.append("PRIMARY KEY")
    if column.required or column.name in rule.key:
        parts.append("NOT NULL")
    parts += _checks(rule, column)
    if column.references:
        target, _, key = column.references.partition(".")
        parts.append(f"REFERENCES {target} ({key or tables()[target].key[0]})")
    return " ".join(parts)


def _checks(rule: TableRule, column: Column) -> list[str]:
    name, values = column.name, accepted(rule.name, column.name)
    if values:
        listed = ", ".join(f"'{value}'" for value in values)
        return [f"CHECK ({name} IN ({listed}))"]
    if column.kind == "bool":
        return [f"CHECK ({name} IN (0, 1))"]
    if column.kind == "time":
        return [f"CHECK ({name} IS datetime({name}))"]
    return [f"CHECK (length({name}) <= {column.length})"] if column.length else []


def rendered() -> dict[str, str]:
    """File name -> its text."""
    return {"schema.sql": schema_sql(), "policy.md": policy_md()}


def main() -> None:
    """Write the files beside this module."""
    for name, text in rendered().items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
