"""How the claims of section 4.1 are measured and judged at any setting."""
