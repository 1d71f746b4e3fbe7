"""Texts made of digits: prices, dates, telephone numbers, identifiers, addresses of the net."""
from random import Random
from string import ascii_lowercase, ascii_uppercase

MONTHS = (
    "January February March May June July August September October November December "
    "janvier février mars avril mai juin juillet août septembre décembre "
    "января февраля марта апреля мая июня июля августа сентября октября ноября декабря"
).split()
UNITS = "% ° €  $ kg km cm mm ml °C kW MB px m² руб. кг шт. км г. EUR USD pcs".replace("²", "").split()


def figure(random: Random) -> str:
    return random.choice(KINDS)(random)


def identifier(random: Random) -> str:
    """`AB-1234`, `x7f0`, `N°12/3`"""
    letters = "".join(random.choice(ascii_uppercase) for _ in range(random.randint(1, 3)))
    number = str(random.randint(1, 99999))
    forms = ("{a}-{n}", "{a}{n}", "{a}/{n}", "N°{n}", "№ {n}", "#{n}", "{n}-{a}", "§ {n}", "v{n}.0", "{b}_{n}")
    return random.choice(forms).format(a=letters, b=letters.lower(), n=number)


def _amount(random: Random) -> str:
    """A number with groups and decimals as one of three countries writes it."""
    value = random.choice((random.random() * 10, random.random() * 1000, random.random() * 1e6))
    text = f"{value:,.2f}" if random.random() < 0.8 else f"{value:,.0f}"
    style = random.random()
    if style < 0.4:
        return text
    swapped = text.replace(",", "\0").replace(".", ",").replace("\0", " " if style < 0.75 else ".")
    return swapped


def _price(random: Random) -> str:
    sign = random.choice("$€£")
    return sign + _amount(random) if random.random() < 0.4 else _amount(random) + " " + random.choice((sign, *UNITS))


def _date(random: Random) -> str:
    day, month, year = random.randint(1, 31), random.randint(1, 12), random.randint(1900, 2099)
    if random.random() < 0.3:
        return f"{day} {random.choice(MONTHS)} {year}"
    mark = random.choice("./-")
    order = (year, f"{month:02}", f"{day:02}") if random.random() < 0.3 else (f"{day:02}", f"{month:02}", year)
    return mark.join(map(str, order))


def _time(random: Random) -> str:
    return f"{random.randint(0, 23)}:{random.randint(0, 59):02}" + random.choice(("", "", ":30", " h", " PM", " AM"))


def _telephone(random: Random) -> str:
    mark = random.choice((" ", "-", "."))
    groups = [str(random.randint(1, 999)), *(f"{random.randint(0, 99):02}" for _ in range(4))]
    return random.choice(("+33 ", "0", "+7 (495) ", "8 800 ", "(555) ", "+1-")) + mark.join(groups)


def _address(random: Random) -> str:
    """An e-mail address or a URL."""
    name, host = (_letters(random, random.randint(2, 9)) for _ in range(2))
    end = random.choice(("com", "fr", "ru", "org", "net", "io", "co.uk"))
    join = random.choice((".", "_", "-", ""))
    forms = (
        f"{name}{join}{_letters(random, 3)}@{host}.{end}",
        f"{name}{random.randint(0, 99)}@{host}.{end}",
        f"https://{host}.{end}/{name}",
        f"www.{host}.{end}",
        f"http://{host}.{end}/{name}?{_letters(random, 2)}={random.randint(0, 999)}&x=1",
        f"/{name}/{host}/{_letters(random, 4)}.{random.choice(('txt', 'py', 'pdf', 'tar.gz'))}",
    )
    return random.choice(forms)


def _sum(random: Random) -> str:
    a, b = random.randint(0, 999), random.randint(0, 99)
    sign = random.choice("+-×*/±=<>")
    return f"{a} {sign} {b}" + random.choice(("", f" = {a + b}", "%"))


def _many(random: Random) -> str:
    return "".join(random.choice("0123456789") for _ in range(random.randint(1, 16)))


def _letters(random: Random, count: int) -> str:
    return "".join(random.choice(ascii_lowercase) for _ in range(count))


KINDS = (_amount, _price, _price, _date, _date, _time, _telephone, _address, _address, _sum, _many, identifier)
