"""The kinds of ids and other typed values that the tools of Mail take and give; no behaviour."""

from typing import Annotated, Literal

from pydantic import Field

from enterpriselab.toolkit import Email, Entity

MessageId = Annotated[str, Entity("mail_message", example="msg_1f0c22ab")]
ThreadId = Annotated[str, Entity("mail_thread", example="thread_9b41d07e")]
DraftId = Annotated[str, Entity("mail_draft", example="draft_5d20e7c4")]
AttachmentId = Annotated[str, Entity("mail_attachment", example="att_77c0d1e2")]
LabelId = Annotated[str, Entity("mail_label", example="Label_12")]
FilterId = Annotated[str, Entity("mail_filter", example="filter_3ea90b11")]
FilePath = Annotated[str, Entity("file_path", example="/Reports/Q1.md")]
Address = Annotated[Email, Entity("email_address")]

Subject = Annotated[str, Field(max_length=250)]
Body = Annotated[str, Field(max_length=20_000)]
Recipients = Annotated[list[Address], Field(max_length=50)]
FilePaths = Annotated[list[FilePath], Field(max_length=10)]
MessageIds = Annotated[list[MessageId], Field(min_length=1, max_length=200)]
LabelName = Annotated[str, Field(min_length=1, max_length=60)]
LabelIds = Annotated[list[LabelId], Field(max_length=20)]

Importance = Literal["Low", "Normal", "High"]
MimeType = Literal["text/plain", "text/html", "multipart/alternative"]
MessageListVisibility = Literal["show", "hide"]
LabelListVisibility = Literal["labelShow", "labelShowIfUnread", "labelHide"]
