"""Countries and their capitals."""
from starter_chat.words.split import rows

CAPITALS = dict(rows("""
France|Paris
Germany|Berlin
Spain|Madrid
Italy|Rome
Russia|Moscow
Japan|Tokyo
China|Beijing
England|London
the United Kingdom|London
Norway|Oslo
Austria|Vienna
Poland|Warsaw
Portugal|Lisbon
Ireland|Dublin
Greece|Athens
Egypt|Cairo
Peru|Lima
Canada|Ottawa
Australia|Canberra
South Korea|Seoul
India|New Delhi
Kenya|Nairobi
Finland|Helsinki
Sweden|Stockholm
Denmark|Copenhagen
Switzerland|Bern
Belgium|Brussels
the Netherlands|Amsterdam
Hungary|Budapest
Ukraine|Kyiv
Turkey|Ankara
Mexico|Mexico City
Brazil|Brasilia
Argentina|Buenos Aires
Chile|Santiago
Cuba|Havana
Colombia|Bogota
the United States|Washington
the USA|Washington
Latvia|Riga
Estonia|Tallinn
Lithuania|Vilnius
Iceland|Reykjavik
Morocco|Rabat
Thailand|Bangkok
Vietnam|Hanoi
"""))

# English country, French "de ...", Russian genitive, capital in English, French and Russian
CAPITALS_IN_THREE_LANGUAGES = rows("""
France|de la France|Франции|Paris|Paris|Париж
Germany|de l'Allemagne|Германии|Berlin|Berlin|Берлин
Spain|de l'Espagne|Испании|Madrid|Madrid|Мадрид
Italy|de l'Italie|Италии|Rome|Rome|Рим
Russia|de la Russie|России|Moscow|Moscou|Москва
Japan|du Japon|Японии|Tokyo|Tokyo|Токио
China|de la Chine|Китая|Beijing|Pékin|Пекин
England|de l'Angleterre|Англии|London|Londres|Лондон
Norway|de la Norvège|Норвегии|Oslo|Oslo|Осло
Austria|de l'Autriche|Австрии|Vienna|Vienne|Вена
Poland|de la Pologne|Польши|Warsaw|Varsovie|Варшава
Portugal|du Portugal|Португалии|Lisbon|Lisbonne|Лиссабон
Greece|de la Grèce|Греции|Athens|Athènes|Афины
Egypt|de l'Égypte|Египта|Cairo|Le Caire|Каир
Canada|du Canada|Канады|Ottawa|Ottawa|Оттава
""")
