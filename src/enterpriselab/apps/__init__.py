"""The app catalogue: every folder here is an app and defines APP; apps that name the same world make it up."""

import importlib
import pkgutil
from functools import cache

from enterpriselab.company import worlds as company_worlds
from enterpriselab.core.errors import UsageError
from enterpriselab.toolkit import App, WorldSpec


@cache
def app_keys() -> tuple[str, ...]:
    """Keys of all apps in alphabetical order; the folder is the registry."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(__path__) if module.ispkg))


@cache
def load_app(key: str) -> App:
    """The app in the folder of that name."""
    if key not in app_keys():
        raise UsageError(f"There is no app {key!r}; there are: {', '.join(app_keys())}.", hint="enterpriselab apps")
    app: App = importlib.import_module(f"{__name__}.{key}").APP
    return app


def catalogue() -> dict[str, App]:
    """All apps by key."""
    return {key: load_app(key) for key in app_keys()}


def world_names() -> list[str]:
    """Names of the worlds that the catalogue can build."""
    return sorted({app.world for app in catalogue().values()})


def world_spec(name: str, *, only: tuple[str, ...] = (), seed: int = 7) -> WorldSpec:
    """The world of that name; `only` keeps some of its apps (their tables, tools and events).

    Raises:
        UsageError: the world or an app does not exist.
    """
    chosen = [load_app(key) for key in sorted(set(only) or app_keys())]
    apps = tuple(app for app in chosen if app.world == name)
    if not apps:
        message = f"There is no world {name!r}; there are: {', '.join(world_names())}."
        raise UsageError(message, hint="enterpriselab apps")
    if only and len(apps) < len(chosen):
        strangers = [app.key for app in chosen if app.world != name]
        raise UsageError(f"{strangers[0]} is no app of world {name!r}.", hint="enterpriselab apps")
    return company_worlds.world_of(name, apps, seed=seed)
