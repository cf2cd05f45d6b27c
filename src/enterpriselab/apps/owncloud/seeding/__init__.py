"""Where the seeded files come from: the cabinet collects rows, each other module fills one part of it."""
