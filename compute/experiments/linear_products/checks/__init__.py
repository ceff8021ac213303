"""How the claims of section 3.2 are judged at any setting."""
