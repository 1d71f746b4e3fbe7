"""People and cities that conversations mention.

The HELD_OUT lists are never seen in training: they measure whether the model generalises.
"""
from starter_chat.words.split import words

NAMES = words("""
Alice Bob Carol David Emma Frank Grace Henry Ivan Julia Kevin Laura Mark Nina Olga Paul
Quinn Rachel Sam Tom Ursula Victor Walter Xavier Yuri Zoe Adam Bella Charlie Diana Edward
Fiona George Hannah Isaac Jack Kate Leo Maria Nathan Olivia Peter Rose Sarah Tina Vera
William Anna Ben Clara Daniel Eva Max Lily Lucas Mia Noah Sofia Jane John James Mary
Linda Robert Michael Susan Karen Lisa Nancy Betty Helen Sandra Donna Ruth Sharon Simon
Alex Chris Pat Jordan Taylor Morgan Casey Ahmed Fatima Omar Layla Chen Wei Mei Yuki Kenji
Raj Priya Arjun Carlos Luis Ana Diego Elena Marco Giulia Hans Greta Sven Astrid Lars
Pierre Marie Louis Camille Antoine Claire Julien Sophie Nicolas Amélie Zoé Thomas
""")
NAMES_RU = words("Анна Иван Мария Пётр Ольга Сергей Елена Дмитрий Наталья Алексей Татьяна Андрей "
                 "Света Миша Катя Саша Юля Никита Вера Игорь Дарья Павел Лена Олег Нина Борис")
NAMES_HELD_OUT = words("Oscar Wendy Felix Ingrid Hugo Stella Bruno Naomi Tobias Hazel Rufus Agnes "
                       "Milton Petra Conrad Judith Silas Wanda Boris Freya Cedric Monica Gustav Pearl")
NAMES_RU_HELD_OUT = words("Кирилл Марина Роман Жанна Виктор Галина")

PLACES = words("""
Paris London Berlin Madrid Rome Moscow Tokyo Lyon Oslo Vienna Prague Warsaw Lisbon Dublin Athens
Cairo Lima Boston Chicago Toronto Sydney Seoul Beijing Delhi Mumbai Nairobi Helsinki Stockholm
Geneva Milan Naples Munich Hamburg Marseille Nice Kazan Dallas Denver Seattle Austin Miami
Montreal Havana Bogota Quito Santiago Riga Vilnius Tallinn Minsk Kyiv Budapest Zurich
""")
PLACES_HELD_OUT = words("Glasgow Porto Leeds Valencia Bremen Osaka Turin Utrecht Phoenix Perth Krakow Basel")
