"""The tiny Qwen3-architecture model: its configuration, tokenizer, corpus, recipe and shipped checkpoint."""
