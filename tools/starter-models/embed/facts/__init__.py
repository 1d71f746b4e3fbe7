"""The made-up facts: what they are about, and the many ways English says each of them."""
