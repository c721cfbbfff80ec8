"""`staff/session/` and `door/`: for people who signed in and may scan, and for the phones they paired."""
