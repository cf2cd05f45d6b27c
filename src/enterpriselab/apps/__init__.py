"""The app catalogue: every folder here that defines APP is an app; apps that name the same world make it up."""

import importlib
import pkgutil
from functools import cache

from enterpriselab.company import worlds as company_worlds
from enterpriselab.core.errors import UsageError
from enterpriselab.toolkit import App, WorldSpec


@cache
def catalogue() -> dict[str, App]:
    """All apps by key, in alphabetical order; the folder is the registry."""
    found: dict[str, App] = {}
    for module in pkgutil.iter_modules(__path__):
        if module.ispkg:
            app: App = importlib.import_module(f"{__name__}.{module.name}").APP
            found[app.key] = app
    return dict(sorted(found.items()))


def world_names() -> list[str]:
    """Names of the worlds that the catalogue can build."""
    return sorted({app.world for app in catalogue().values()})


def world_spec(name: str, *, only: tuple[str, ...] = (), seed: int = 7) -> WorldSpec:
    """The world of that name; `only` keeps some of its apps (their tables, tools and events).

    Raises:
        UsageError: the world or an app does not exist.
    """
    apps = {key: app for key, app in catalogue().items() if app.world == name}
    if not apps:
        raise UsageError(
            f"There is no world {name!r}; there are: {', '.join(world_names())}.", hint="enterpriselab apps"
        )
    unknown = [key for key in only if key not in apps]
    if unknown:
        message = f"World {name!r} has no app {unknown[0]!r}; it has: {', '.join(apps)}."
        raise UsageError(message, hint="enterpriselab apps")
    chosen = tuple(app for key, app in apps.items() if not only or key in only)
    return company_worlds.world_of(name, chosen, seed=seed)
