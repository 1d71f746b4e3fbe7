"""Questions that are not about shapes, and how people spell questions of any sort."""
import re
from random import Random

READ_TEXT = (
    "Read the text.", "Read the text in this image.", "What does the text say?", "OCR", "Extract the text.",
    "Transcribe this image.", "What is written here?", "Is there any text?", "Read this.", "What text is in the image?",
)  # fmt: skip
CHAT = (
    "Hello", "Hello!", "Hi", "Hi there!", "Good morning", "How are you?", "Who are you?", "What is your name?",
    "Thank you!", "Thanks", "What can you do?", "Help", "Tell me a joke.", "Tell me a story.", "Write a poem.",
    "What is the capital of France?", "What is 2 + 2?", "What time is it?", "Translate this into French.",
    "Who is the president?", "Count to ten.", "What is machine learning?", "Say ping.", "Why is the sky blue?",
    "Where is it?", "How big is it?", "How old is this person?", "Who is this?", "What is the weather like?",
    "Write a Python function.", "Explain how a car works.", "What did I say before?", "Summarize this document.",
    "Is it raining?", "Do you like music?", "Which animal is this?", "What brand is this?", "When was this taken?",
    "Bonjour", "Bonjour, comment ça va ?", "Qui es-tu ?", "Merci beaucoup", "Raconte une histoire.",
    "Привет", "Как дела?", "Кто ты?", "Спасибо!", "Расскажи сказку.", "Hola", "Guten Tag", "test", "...", "?",
)  # fmt: skip
OPENINGS = (
    "Tell me about {}.", "What is {}?", "Who is {}?", "Write a text about {}.", "Explain {}.", "How do I make {}?",
    "Where can I buy {}?", "{}", "What do you think of {}?", "Translate: {}", "How far is {}?", "Why {}?",
)  # fmt: skip
SUBJECTS = (
    "Paris", "London", "the moon", "the sun", "water", "music", "history", "chess", "bread", "coffee", "a good book",
    "the internet", "my friend", "Napoleon", "gravity", "cooking", "a mountain", "the weather", "football", "money",
    "a long journey", "Python", "the ocean", "winter", "an elephant", "physics", "a kitchen", "news", "love",
)  # fmt: skip
SYSTEM_PROMPTS = (
    "You are a helpful assistant.", "You are a helpful AI assistant.", "Answer briefly.", "Be concise.",
    "You describe pictures.", "You are a vision model. Answer the question about the image.", "Answer in English.",
    "You are Parley, a friendly assistant.", "Always tell the truth.", "You are an expert in images.",
)  # fmt: skip


def unknown_question(random: Random) -> str:
    """Something that starter-vision cannot answer: small talk, other subjects, text to read, or gibberish."""
    style = random.random()
    if style < 0.3:
        return random.choice(READ_TEXT)
    if style < 0.6:
        return random.choice(CHAT)
    subject = random.choice(SUBJECTS) if random.random() < 0.5 else _gibberish(random)
    return random.choice(OPENINGS).format(subject)


def spelt(random: Random, question: str) -> str:
    """The question as somebody may type it: American, lower case, without its mark, or with a word of courtesy."""
    if random.random() < 0.35:
        question = question.replace("colour", "color")
    if random.random() < 0.1:
        question = random.choice(("Please tell me: ", "Look at the picture. ", "Hello! ", "So, ")) + question
    if random.random() < 0.25:
        question = question.lower()
    if random.random() < 0.2:
        question = re.sub(r"\s?[.?!]$", "", question) or question
    return question


def _gibberish(random: Random) -> str:
    letters = "abcdefghijklmnopqrstuvwxyz" if random.random() < 0.8 else "абвгдежзиклмнопрстуфхцчшщыэюя"
    count = random.choice((1, 1, 2, 3))
    return " ".join("".join(random.choices(letters, k=random.randint(2, 8))) for _ in range(count))
