"""Task x Agent -> Trace: the one place where both sides meet; the concurrent runner; replay."""
