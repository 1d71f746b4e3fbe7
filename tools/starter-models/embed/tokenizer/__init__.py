"""WordPiece: learning the vocabulary, encoding as transformers.js does, and its JSON files."""
