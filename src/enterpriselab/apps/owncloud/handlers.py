"""What OwnCloud does when other apps tell something: open and close accounts, give and keep files for mail."""

from enterpriselab.apps.owncloud import accounts, content, nodes, storing
from enterpriselab.apps.owncloud.access import Place, file_at, folder_at, locate, need
from enterpriselab.apps.owncloud.paths import check_name, join, media_type_of, split_path
from enterpriselab.apps.owncloud.storing import Author
from enterpriselab.company.events import AttachmentSaved, FileRequested, PersonHired, PersonTerminated
from enterpriselab.toolkit import Context, Row, ToolError, on


def _hired(ctx: Context, event: PersonHired) -> None:
    accounts.open_home(ctx, event.person_id)


def _terminated(ctx: Context, event: PersonTerminated) -> None:
    """Close the account now, or note the day when it lies ahead: the person still works here."""
    if event.last_day > ctx.today:
        ctx.db.update("owncloud_space", {"person_id": event.person_id}, closes_on=event.last_day)
    else:
        accounts.close_home(ctx, event.person_id)


def _requested(ctx: Context, event: FileRequested) -> None:
    _, node = file_at(ctx, event.path, who=event.person_id)
    event.reply.append((node["name"], node["media_type"], content.of_file(ctx, node).raw))


def _saved(ctx: Context, event: AttachmentSaved) -> None:
    place, folder = _folder(ctx, event)
    need(place, "create", doing="save files in")
    name = nodes.free_name(ctx, folder["id"], check_name(event.name.replace("/", "-"), field="name"))
    name = storing.need_free(ctx, folder, name, field="name")
    body = content.from_bytes(event.content, media_type_of(name))
    storing.new_file(ctx, folder, name, body, Author(event.person_id, ctx.now))
    event.reply.append(join(place.path, name))


def _folder(ctx: Context, event: AttachmentSaved) -> tuple[Place, Row]:
    """The folder that takes the file; folders that are missing are made where the person may."""
    names = split_path(event.path)
    for depth in range(1, len(names) + 1):
        path = "/" + "/".join(names[:depth])
        try:
            locate(ctx, path, who=event.person_id)
        except ToolError as error:
            if error.kind != "not_found":
                raise
            above, parent = folder_at(ctx, "/" + "/".join(names[: depth - 1]), who=event.person_id)
            need(above, "create", doing="make a folder in")
            name = storing.need_free(ctx, parent, names[depth - 1], field="path")
            storing.new_folder(ctx, parent, name, Author(event.person_id, ctx.now))
    return folder_at(ctx, event.path, who=event.person_id)


HANDLERS = (
    on(PersonHired)(_hired),
    on(PersonTerminated)(_terminated),
    on(FileRequested)(_requested),
    on(AttachmentSaved)(_saved),
)
