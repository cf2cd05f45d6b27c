"""EnterpriseOps-Gym: one suite for each server, and the public form of tasks and seeds."""
