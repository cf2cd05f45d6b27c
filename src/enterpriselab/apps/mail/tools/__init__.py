"""The tools of Mail, one file a task of the user: sending, reading, threads, organising, drafts, labels, filters, absence."""
