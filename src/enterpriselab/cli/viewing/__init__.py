"""The server of the trace viewer: reads a run folder, replays what is asked for, writes nothing."""
