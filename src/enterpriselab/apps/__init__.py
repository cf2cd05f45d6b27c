"""The app catalogue: every folder here is an app and defines APP; apps that name the same world make it up."""

import importlib
import pkgutil
from dataclasses import replace
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

    A world of standalone apps may be followed by an image and a level: `opsgym/<image>@<level>`; of several apps it is
    the one that has the image, or the first.

    Raises:
        UsageError: the world, an app, an image or a level does not exist.
    """
    title, image, level = split_world_name(name)
    chosen = [load_app(key) for key in sorted(set(only) or app_keys())]
    apps = tuple(app for app in chosen if app.world == title)
    if title not in world_names():
        message = f"There is no world {title!r}; there are: {', '.join(world_names())}."
        raise UsageError(message, hint="enterpriselab apps")
    if only and len(apps) < len(chosen):
        stranger = next(app for app in chosen if app.world != title)
        hint = f"--world {stranger.world}"
        raise UsageError(f"{stranger.key} is an app of world {stranger.world!r}, not of {title!r}.", hint=hint)
    if apps[0].standalone is not None:
        holders = [app for app in apps if app.standalone is not None and image in app.standalone.images]
        return standalone_spec((holders or apps)[0], image=image, level=level, seed=seed)
    if image or level:
        raise UsageError(f"World {title!r} has no images and no levels.", hint=f"--world {title}")
    return company_worlds.world_of(title, apps, seed=seed)


def split_world_name(name: str) -> tuple[str, str, str]:
    """`world/image@level` -> (world, image, level); what is not said is empty."""
    place, _, level = name.partition("@")
    title, _, image = place.partition("/")
    return title, image, level


def standalone_spec(app: App, *, image: str = "", level: str = "", seed: int = 7) -> WorldSpec:
    """The world of an app with a database of its own. Raises UsageError: no such image or level."""
    own = app.standalone
    if own is None:
        raise UsageError(f"{app.key} lives in the database of world {app.world!r}.", hint="enterpriselab apps")
    image, level = image or next(iter(own.images)), level or next(iter(own.levels), "")
    for what, given, known in (("image", image, tuple(own.images)), ("level", level, own.levels or ("",))):
        if given not in known:
            message = f"{app.key} has no {what} {given!r}; there are: {', '.join(known)}."
            raise UsageError(message, hint=f"--world {app.world}/{next(iter(own.images))}")
    return WorldSpec(
        name=f"{app.world}/{image}" + (f"@{level}" if level != next(iter(own.levels), "") else ""),
        title=app.title,
        apps=(replace(app, seed=own.images[image]),),
        foundation_sql="",
        build_foundation=lambda _seed: None,
        seed_foundation=lambda _connection, _firm: None,
        find_principal=own.find_principal,
        default_principal=lambda _firm: own.default_principal,
        clock_start=own.clock_start,
        seed=seed,
        level=level,
        actors=own.actors,
        people_tables=own.people_tables,
    )
