"""Everyday words: colours, animals, objects, common words and the named categories lists are made of.

The HELD_OUT lists are never seen in training: they measure whether the model generalises.
"""
from starter_chat.words.people_and_places import NAMES, PLACES
from starter_chat.words.split import words

COLORS = words("red blue green yellow orange purple black white pink brown gray")
ANIMALS = words("cat dog bird fish horse cow fox bear wolf rabbit mouse lion tiger duck frog owl "
                "sheep goat pig turtle")
FOODS = words("pizza bread cheese rice soup pasta apple banana chocolate salad cake honey sushi tomato")
SPORTS = words("tennis football chess hockey swimming running skiing boxing cycling golf")
OBJECTS = words("lamp table chair book phone pen bottle box bag hat ball clock bike car mirror "
                "umbrella camera guitar knife spoon plate door window shirt key coin")
OBJECTS_HELD_OUT = words("kettle pillow ladder wallet violin blanket hammer basket")
COMMON = words("""
time year people way day man thing woman life child world school state family student group
country problem hand part place case week company system program question work government
number night point home water room mother area money story fact month lot right study book eye
job word business issue side kind head house service friend father power hour game line end
member law car city name president team minute idea body information back parent face level
office door health person art war history party result change morning reason research girl guy
moment air teacher force education foot boy age policy music market sense nation plan college
interest death course experience effect class control field development role rate heart drug
show leader light voice wife police mind price report decision son hope view town road table
tree paper space ground form event star river stone bridge garden summer winter spring autumn
apple bread cloud dream field glass green happy island jungle kitchen lemon magic north ocean
paint queen radio silver tiger under velvet window yellow zebra quick brown lazy over jumps the
a an is are was not very big small old new good bad hello test ping pong ready done okay sure
""")
COMMON_HELD_OUT = words("marble lantern harvest pepper cactus meadow rocket puzzle walnut copper "
                        "falcon thunder biscuit anchor ribbon saddle")

CATEGORIES = {
    "animals": ANIMALS[:6],
    "colors": COLORS[:6],
    "fruits": words("apple banana orange pear grape cherry"),
    "vegetables": words("carrot potato tomato onion cabbage bean"),
    "cities": PLACES[:6],
    "countries": words("France Germany Spain Italy Japan Canada"),
    "planets": words("Mercury Venus Earth Mars Jupiter Saturn"),
    "sports": SPORTS[:6],
    "names": NAMES[:6],
}
# the word for n at index n
NUMBER_WORDS = words("zero one two three four five six seven eight nine ten")
EMOJI = list("😀😂😍🙂👍🚀🎉🔥🐱🐶🌍🌞🍕🍎⭐💡🎵🏠🚗📚")
CJK = words("你好 世界 日本 中文 東京 愛 水 火 こんにちは ありがとう 한국 안녕")
