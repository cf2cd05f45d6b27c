"""The stages of the closed loop, one file each: read what the earlier ones left in the run folder, add their own."""
