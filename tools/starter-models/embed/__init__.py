"""starter-embed: a tiny sentence encoder, trained on paraphrases of made-up facts."""
