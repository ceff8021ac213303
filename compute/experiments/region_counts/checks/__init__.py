"""How the claims of section 4.2 are judged at any setting."""
