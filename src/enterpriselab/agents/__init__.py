"""The loop that turns a model into actions: dialects, prompts, models. Sees only tool specs and a call function."""
