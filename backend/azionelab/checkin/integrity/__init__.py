"""What must hold in the database whatever was clicked: one rule each, asked in set-based SQL, fast on a large season.

A backup counts once these hold in the database that was restored from it.
"""
