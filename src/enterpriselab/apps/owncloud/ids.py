"""The kinds of ids and other typed values that the tools of OwnCloud take and give; no behaviour."""

from typing import Annotated, Literal

from pydantic import Field

from enterpriselab.toolkit import Email, Entity, Meaning

FilePath = Annotated[str, Field(min_length=1, max_length=1000), Entity("file_path", example="/Projects/plan.md")]
FileId = Annotated[int, Entity("file", example=412)]
VersionNumber = Annotated[int, Entity("file_version", example=3)]
ShareId = Annotated[int, Entity("share", example=27)]
TrashId = Annotated[int, Entity("trash_item", example=9)]
CommentId = Annotated[int, Entity("file_comment", example=14)]
TagName = Annotated[str, Entity("file_tag", example="contract")]
LinkUrl = Annotated[str, Entity("file_link", example="https://files.norrvane.example/s/3f1c0a9be2d4")]
Address = Annotated[Email, Entity("email_address")]
DepartmentName = Annotated[str, Entity("department", example="Human Resources")]

FileName = Annotated[str, Meaning("file_name")]
NewName = Annotated[str, Field(min_length=1, max_length=150)]
NewTag = Annotated[str, Field(min_length=1, max_length=40), Entity("file_tag", example="contract")]
Text = Annotated[str, Field(max_length=200_000)]
Base64 = Annotated[str, Field(max_length=400_000)]
Etag = Annotated[str, Field(min_length=1, max_length=40)]
Kind = Literal["file", "folder"]
Permission = Literal["read", "update", "create", "delete", "share"]
LinkPermission = Literal["read", "update", "create", "delete"]
ShareState = Literal["pending", "accepted", "declined", "active", "expired"]
Permissions = Annotated[list[Permission], Field(min_length=1, max_length=5)]
LinkPermissions = Annotated[list[LinkPermission], Field(min_length=1, max_length=4)]
Password = Annotated[str, Field(min_length=8, max_length=100)]
