"""How staff sign in: passwords, second factors, sessions."""
