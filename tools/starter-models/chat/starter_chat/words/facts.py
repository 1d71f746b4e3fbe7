"""Closed sets of general knowledge: opposites, the calendar, colours, shapes, sounds, legs, yes and no."""
from starter_chat.words.split import rows, words

OPPOSITES = rows("""
hot|cold
big|small
tall|short
fast|slow
happy|sad
good|bad
old|new
young|old
up|down
left|right
day|night
black|white
open|closed
rich|poor
hard|soft
light|dark
high|low
full|empty
early|late
strong|weak
clean|dirty
wet|dry
near|far
inside|outside
love|hate
begin|end
win|lose
yes|no
true|false
loud|quiet
long|short
thick|thin
heavy|light
easy|difficult
always|never
""")

DAYS = words("Monday Tuesday Wednesday Thursday Friday Saturday Sunday")
DAYS_FR = words("lundi mardi mercredi jeudi vendredi samedi dimanche")
DAYS_RU = words("понедельник вторник среда четверг пятница суббота воскресенье")
MONTHS = words("January February March April May June July August September October November December")

# thing, colour
THING_COLORS = rows("""
the sky|blue
grass|green
snow|white
blood|red
a banana|yellow
a tomato|red
coal|black
milk|white
a carrot|orange
the sun|yellow
chocolate|brown
a lemon|yellow
a strawberry|red
the night sky|black
a frog|green
an elephant|gray
""")
# English thing and colour, French thing and answer, Russian thing and answer
COLORS_IN_THREE_LANGUAGES = rows("""
the sky|blue|le ciel|Le ciel est bleu.|небо|Небо синее.
snow|white|la neige|La neige est blanche.|снег|Снег белый.
grass|green|l'herbe|L'herbe est verte.|трава|Трава зелёная.
the sun|yellow|le soleil|Le soleil est jaune.|солнце|Солнце жёлтое.
""")

SHAPES = [("a triangle", 3), ("a square", 4), ("a rectangle", 4), ("a pentagon", 5), ("a hexagon", 6),
          ("a heptagon", 7), ("an octagon", 8)]
SOUNDS = [("cow", "moo"), ("dog", "woof"), ("cat", "meow"), ("duck", "quack"), ("sheep", "baa"),
          ("pig", "oink"), ("lion", "roar"), ("frog", "ribbit"), ("horse", "neigh"), ("bee", "buzz")]
LEGS = [("a cat", 4), ("a dog", 4), ("a spider", 8), ("a bird", 2), ("a horse", 4), ("an ant", 6),
        ("a snake", 0), ("a human", 2), ("a bee", 6)]

# question without its mark, the statement that follows "Yes, "
YES = rows("""
Is the sky blue|the sky is blue
Is fire hot|fire is hot
Is ice cold|ice is cold
Is water wet|water is wet
Is snow white|snow is white
Is the sun a star|the sun is a star
Is a cat an animal|a cat is an animal
Is Paris in France|Paris is in France
Is the Earth round|the Earth is round
Is sugar sweet|sugar is sweet
Is gold a metal|gold is a metal
Is an elephant big|an elephant is big
Can birds fly|birds can fly
Can fish swim|fish can swim
Can dogs bark|dogs can bark
Do cats have tails|cats have tails
Do fish live in water|fish live in water
Do cars have wheels|cars have wheels
""")
# question without its mark, the statement that follows "No, "
NO = rows("""
Is fire cold|fire is not cold
Is ice hot|ice is not hot
Is snow black|snow is not black
Is the sun cold|the sun is not cold
Is grass red|grass is not red
Is a stone alive|a stone is not alive
Is the Earth flat|the Earth is not flat
Is a mouse bigger than an elephant|a mouse is not bigger than an elephant
Is Paris in Germany|Paris is not in Germany
Is sugar salty|sugar is not salty
Is a dog a plant|a dog is not a plant
Is the moon made of cheese|the moon is not made of cheese
Can dogs fly|dogs cannot fly
Can stones swim|stones cannot swim
Can cats speak French|cats cannot speak French
Do fish have wings|fish do not have wings
Do cars have feathers|cars do not have feathers
Do trees walk|trees do not walk
""")
