"""Words to build sentences from, by what they do in a sentence, and Debian's list of all words."""
from pathlib import Path

COMMON_LIST = Path("/usr/share/dict/american-english-small")  # Debian: wamerican-small
FULL_LIST = Path("/usr/share/dict/american-english")  # Debian: wamerican

FUNCTION_WORDS = """
the of and a to in is it you that he was for on are with as i his they be at one have this from or had by but some what
there we can out other were all your when up use how said an each she which do their time if will way about many then
them would like so these her long make thing see him two has look more day could go come did my no most who over know
than call first people may down been now any new take get place made where after back only me our under very just much
before right too mean same tell does three want well also into here must even such because turn why ask went again off
still should never its while last every might left don't few between without once since against during until both
though whether almost enough always often however together perhaps already quite rather i'm it's that's you're we'll
can't won't didn't isn't i've he's she's they're there's let's what's doesn't wasn't couldn't wouldn't i'll you'll
""".split()

NAMES = """
anna peter mary john sarah david laura james emma michael sophie daniel olivia robert julia thomas alice george helen
paul kate martin susan henry clara victor nora simon grace oscar ruth leo maria frank diana walter irene hugo lucy
""".split()

PLACES = """
london paris berlin madrid rome vienna prague dublin oslo boston chicago texas florida california canada france spain
germany italy japan china india brazil mexico egypt australia africa europe america england scotland ireland norway
""".split()

NOUNS = """
house river mountain garden window door table chair kitchen school teacher student doctor hospital village city street
bridge station train car bicycle boat ship airplane engine machine computer keyboard screen phone message letter book
page story song music picture painting camera movie newspaper magazine library museum theater market shop restaurant
coffee tea water bread cheese apple orange banana potato tomato chicken fish soup salad sugar salt butter dinner
breakfast lunch meal morning evening night week month year minute hour second moment summer winter spring autumn weather
rain snow wind storm cloud sun moon star sky earth ocean island beach forest tree flower grass leaf root animal dog cat
horse cow sheep bird mouse lion tiger elephant bear wolf snake spider family mother father sister brother daughter son
child baby friend neighbor woman man girl boy king queen soldier farmer driver pilot nurse lawyer engineer scientist
artist writer singer actor player team game ball match race prize winner problem question answer idea plan project
result reason example lesson language word sentence number price money bank office company business job work meeting
report paper pencil knife fork spoon plate cup bottle glass box bag shirt coat shoe hat clock watch lamp mirror bed room
floor wall roof tower castle church building road path field hill valley lake desert planet energy power light sound
voice heart hand foot head eye ear nose mouth finger shoulder knee blood health medicine science history nature culture
government president minister law court police election country border army peace war freedom truth memory dream
knowledge experience opportunity information education university chapter model system network program function value
image color circle square triangle line shape surface temperature pressure distance speed weight size level measure
""".split()

ADJECTIVES = """
red blue green yellow black white brown orange purple gray bright dark big small large little huge tiny tall short long
wide narrow deep high low heavy light strong weak fast slow quick early late new old young ancient modern good bad
great terrible wonderful beautiful ugly pretty clean dirty dry wet hot cold warm cool soft hard smooth rough sharp
sweet bitter fresh empty full open closed quiet loud happy sad angry afraid brave kind gentle honest clever wise foolish
careful curious lazy busy tired hungry thirsty rich poor free easy difficult simple strange famous popular important
necessary possible impossible certain special general natural public private local foreign national international
political beautiful dangerous expensive delicious comfortable enormous
""".split()

VERBS_PAST = """
saw found lost bought sold opened closed painted built broke fixed moved carried dropped lifted pushed pulled threw
caught hid showed gave took brought sent received wrote read drew made used cleaned washed cooked ate drank tasted
smelled heard touched watched followed left reached crossed visited remembered forgot described explained discovered
invented changed measured counted checked noticed ignored wanted needed loved hated liked enjoyed preferred believed
""".split()

VERBS_BASE = """
see find lose buy sell open close paint build break fix move carry drop lift push pull throw catch hide show give take
bring send receive write read draw make use clean wash cook eat drink taste smell hear touch watch follow leave reach
cross visit remember forget describe explain discover invent change measure count check notice ignore want need love
hate like enjoy prefer believe understand learn teach study answer help stop start finish continue choose decide
""".split()

VERBS_ALONE = """
laughed cried slept waited walked ran jumped swam danced sang smiled shouted whispered arrived left returned worked
rested listened nodded agreed disappeared waited hesitated
""".split()

ADVERBS = """
quickly slowly quietly loudly carefully suddenly finally usually sometimes often never always today tomorrow yesterday
tonight soon later again together alone outside inside upstairs nearby everywhere immediately certainly probably
""".split()


def dictionary(path: Path) -> list[str]:
    """The list's words in lower case, without possessives and words with accents."""
    words = {word.lower() for word in path.read_text().split()}
    return sorted(word for word in words if word.isascii() and word.isalpha() and len(word) > 1)
