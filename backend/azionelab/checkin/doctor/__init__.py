"""What may be wrong with an installation: one function a check, by topic, and what runs them."""
