"""What an episode changed, as an allowed-change set sees it: free columns are open, links count by what they say."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from enterpriselab.core.changes import Change
from enterpriselab.sandbox.environment import Environment, EpisodeLike
from enterpriselab.scoring.canonical import canonical_texts


def change_set(environment: Environment, episode: EpisodeLike, params: Mapping[str, Any]) -> Counter[str]:
    """Multiset of the changes of an episode as canonical JSON.

    Args:
        environment: gives keys, foreign keys and volatile columns.
        episode: whose changes.
        params: of a `no_other_changes` verifier: "free" lists 'table.column' that may hold anything; "links" lists
            tables to which no other refers, of which only the content of the rows counts. There, to change a row is
            the same as to delete it and to insert another, in either order, although the ids differ.
    """
    rows = Counter(text for _, text in named_changes(environment, episode, params))
    return _without_pairs(rows) if params.get("links") else rows


def named_changes(
    environment: Environment, episode: EpisodeLike, params: Mapping[str, Any]
) -> list[tuple[Change, str]]:
    """Each change with its canonical JSON; to change a row of a link table is to delete it and to insert another."""
    links = frozenset(params.get("links", ()))
    changes = list(_whole_links(environment, episode, links)) if links else episode.diff()
    texts = canonical_texts(environment, changes, free=frozenset(params.get("free", ())), links=links)
    return list(zip(changes, texts, strict=True))


def _whole_links(environment: Environment, episode: EpisodeLike, links: frozenset[str]) -> Iterator[Change]:
    for change in episode.diff():
        if change.table not in links or change.op != "update":
            yield change
            continue
        where = " AND ".join(f'"{name}" = ?' for name in environment.tables[change.table].key)
        (after,) = episode.sql(f'SELECT * FROM "{change.table}" WHERE {where}', *change.key)
        yield Change(change.table, "delete", change.key, {**after, **(change.before or {})}, None)
        yield Change(change.table, "insert", change.key, None, after)


def _without_pairs(rows: Counter[str]) -> Counter[str]:
    """Deleted and inserted alike is no change."""
    for row in list(rows):
        other = row.replace('"op":"delete"', '"op":"insert"', 1)
        if other != row and not row.startswith('{"key":'):  # keys are sorted: this row is known by its key
            pairs = min(rows[row], rows[other])
            rows[row] -= pairs
            rows[other] -= pairs
    return +rows
