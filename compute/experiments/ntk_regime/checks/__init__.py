"""How the claims of section 2.2 are judged at any setting."""
