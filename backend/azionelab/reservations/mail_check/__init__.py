"""Whether mails can leave, and whether those who get them will trust them."""
