"""Training: SFT, DPO and Agentic GRPO over one row format, and the tiny model. Loads torch only when used."""
