"""Who is in a class, what they handed in, and when: rosters, platforms' archives, ``collect``."""
