"""Words and phrases in English, French and Russian, in that order."""
from starter_chat.words.split import rows

TRANSLATIONS = rows("""
cat|chat|кошка
dog|chien|собака
bird|oiseau|птица
fish|poisson|рыба
horse|cheval|лошадь
cow|vache|корова
fox|renard|лиса
bear|ours|медведь
wolf|loup|волк
rabbit|lapin|кролик
mouse|souris|мышь
lion|lion|лев
duck|canard|утка
frog|grenouille|лягушка
red|rouge|красный
blue|bleu|синий
green|vert|зелёный
yellow|jaune|жёлтый
black|noir|чёрный
white|blanc|белый
pink|rose|розовый
one|un|один
two|deux|два
three|trois|три
four|quatre|четыре
five|cinq|пять
six|six|шесть
seven|sept|семь
eight|huit|восемь
nine|neuf|девять
ten|dix|десять
house|maison|дом
water|eau|вода
bread|pain|хлеб
milk|lait|молоко
apple|pomme|яблоко
cheese|fromage|сыр
book|livre|книга
sun|soleil|солнце
moon|lune|луна
tree|arbre|дерево
car|voiture|машина
city|ville|город
friend|ami|друг
school|école|школа
night|nuit|ночь
day|jour|день
yes|oui|да
no|non|нет
hello|bonjour|привет
thank you|merci|спасибо
goodbye|au revoir|до свидания
good morning|bonjour|доброе утро
good night|bonne nuit|спокойной ночи
please|s'il vous plaît|пожалуйста
""")
