"""One-sentence definitions, keyed by the topic as a question names it."""
from starter_chat.words.split import rows

DEFINITIONS = rows("""
machine learning|Machine learning is a way for computers to learn patterns from data instead of following fixed rules.
artificial intelligence|Artificial intelligence is the field that builds machines able to do tasks that need thinking.
deep learning|Deep learning is machine learning with neural networks that have many layers.
a neural network|A neural network is a model made of many simple connected units that learn from examples.
a language model|A language model is a program that predicts the next word of a text.
Python|Python is a popular programming language that is easy to read.
JavaScript|JavaScript is the programming language of web pages.
TypeScript|TypeScript is JavaScript with types.
a computer|A computer is a machine that follows instructions to process data.
the internet|The internet is a worldwide network of connected computers.
a database|A database is an organized collection of data.
an API|An API is a set of rules that lets programs talk to each other.
a server|A server is a computer that answers requests from other computers.
JSON|JSON is a simple text format for structured data.
HTTP|HTTP is the protocol that browsers and servers use to talk.
Linux|Linux is a free operating system kernel.
Docker|Docker is a tool that runs programs in containers.
Redis|Redis is a fast database that keeps data in memory.
a queue|A queue is a list where the first item in is the first item out.
a token|A token is a small piece of text that a language model reads.
a GPU|A GPU is a chip that does many calculations at the same time.
a CPU|A CPU is the main chip that runs programs.
an algorithm|An algorithm is a list of steps that solves a problem.
water|Water is a clear liquid that all living things need.
the sun|The sun is the star at the center of our solar system.
the moon|The moon is a ball of rock that goes around the Earth.
gravity|Gravity is the force that pulls things toward each other.
photosynthesis|Photosynthesis is how plants turn light into food.
a volcano|A volcano is a mountain that can throw out hot melted rock.
rain|Rain is water that falls from clouds.
music|Music is the art of arranging sounds.
a poem|A poem is a short text that uses rhythm and images.
love|Love is a deep feeling of care for someone.
time|Time is what clocks measure.
a cat|A cat is a small animal that people keep as a pet.
a dog|A dog is a friendly animal that people keep as a pet.
""")

# English topic, French question topic, French answer, Russian question topic, Russian answer
DEFINITIONS_IN_THREE_LANGUAGES = rows("""
machine learning|l'apprentissage automatique|L'apprentissage automatique permet aux ordinateurs d'apprendre à partir de données.|машинное обучение|Машинное обучение позволяет компьютерам учиться на данных.
artificial intelligence|l'intelligence artificielle|L'intelligence artificielle construit des machines capables de tâches qui demandent de penser.|искусственный интеллект|Искусственный интеллект создаёт машины для задач, которые требуют мышления.
Python|Python|Python est un langage de programmation facile à lire.|Python|Python это простой и популярный язык программирования.
JavaScript|JavaScript|JavaScript est le langage de programmation des pages web.|JavaScript|JavaScript это язык программирования для веб-страниц.
a computer|un ordinateur|Un ordinateur est une machine qui traite des données.|компьютер|Компьютер это машина для обработки данных.
the internet|Internet|Internet est un réseau mondial d'ordinateurs.|интернет|Интернет это всемирная сеть компьютеров.
a database|une base de données|Une base de données est une collection organisée de données.|база данных|База данных это упорядоченный набор данных.
the sun|le soleil|Le soleil est l'étoile au centre de notre système.|солнце|Солнце это звезда в центре нашей системы.
the moon|la lune|La lune tourne autour de la Terre.|луна|Луна вращается вокруг Земли.
water|l'eau|L'eau est un liquide clair nécessaire à la vie.|вода|Вода это прозрачная жидкость, нужная для жизни.
a cat|un chat|Un chat est un petit animal de compagnie.|кошка|Кошка это небольшое домашнее животное.
a dog|un chien|Un chien est un animal de compagnie fidèle.|собака|Собака это верное домашнее животное.
""")
