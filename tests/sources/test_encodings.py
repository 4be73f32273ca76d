"""The usual legacy encodings are distinguished by the letters of short realistic files."""

import pytest

TEXTS = {
    "German": (
        "Name;Straße;Ort\nJürgen Müller;Königsallee 5;Düsseldorf\nÄnne Groß;Übergasse 3;Köln\n",
        ["cp1252", "iso8859-15", "mac-roman", "cp850", "cp437"],
    ),
    "French": (
        "nom;ville;remarque\nFrançois Lefèvre;Besançon;très élégant\nHélène Château;Orléans;à côté de la forêt\n",
        ["cp1252", "mac-roman", "cp850"],
    ),
    "French, one word": ("produit;lot\n" + "".join(f"Pièce n°{n};lot {n}\n" for n in range(9)), ["cp1252", "cp850"]),
    "Polish, one word": ("klient;lot\n" + "".join(f"Żółć {n};{n} zł i {n}\n" for n in range(9)), ["cp1250"]),
    "Spanish": ("nombre;ciudad\nJosé Núñez;Málaga\nMaría Ibáñez;Cádiz\nBegoña Gómez;León\n", ["cp1252", "cp850"]),
    "Polish": (
        "imię;miasto\nŁukasz Wójcik;Łódź\nMałgorzata Dąbrowska;Kraków\nGrażyna Żółć;Gdańsk\nZbigniew Świątek;Poznań\n",
        ["cp1250", "iso8859-2", "cp852"],
    ),
    "Czech": (
        "jméno;město\nŘehoř Dvořák;Plzeň\nŽaneta Šťastná;České Budějovice\nJiří Kučera;Ústí nad Labem\n",
        ["cp1250", "iso8859-2", "cp852"],
    ),
    "Turkish": ("ad;şehir\nİbrahim Yılmaz;İstanbul\nAyşe Öztürk;Eskişehir\nÇağla Güneş;Muğla\n", ["cp1254"]),
    "Latvian": ("vārds;pilsēta\nJānis Bērziņš;Rīga\nĒrika Kalniņa;Jūrmala\nĢirts Ozoliņš;Cēsis\n", ["cp1257"]),
    "Russian": (
        "имя;город\nИван Петров;Москва\nОльга Смирнова;Казань\nАлексей Кузнецов;Новосибирск\n",
        ["cp1251", "koi8-r", "iso8859-5", "cp866", "mac-cyrillic"],
    ),
    "Ukrainian": ("ім'я;місто\nЄвген Шевченко;Київ\nОксана Гнатюк;Львів\nІван Їжакевич;Харків\n", ["cp1251", "koi8-u"]),
    "Greek": ("όνομα;πόλη\nΓιώργος Παπαδόπουλος;Αθήνα\nΜαρία Γεωργίου;Θεσσαλονίκη\n", ["cp1253", "iso8859-7"]),
    "Hebrew": ("שם;עיר\nדוד כהן;ירושלים\nשרה לוי;תל אביב\nמשה פרץ;חיפה\n", ["cp1255", "iso8859-8"]),
    "Arabic": ("الاسم;المدينة\nمحمد علي;القاهرة\nفاطمة حسن;بغداد\n", ["cp1256", "iso8859-6"]),
    "Thai": ("ชื่อ;เมือง\nสมชาย ใจดี;กรุงเทพ\nสมหญิง รักไทย;เชียงใหม่\n", ["cp874"]),
    "Japanese": (
        "コード,品名,数量\nA1,りんごジュース,12\nA2,みかん缶詰,4\nA3,醤油ラーメン,7\n",
        ["cp932", "euc-jp"],
    ),
    "Chinese": ("姓名;城市\n王伟;北京\n李娜;上海市\n张敏;广州\n刘洋;重庆\n", ["gb18030"]),
    "Taiwanese": ("姓名;城市\n王小明;臺北市\n陳美麗;高雄\n張志豪;臺中\n林淑芬;新竹縣\n", ["big5"]),
    "Korean": ("이름;도시\n김철수;서울\n이영희;부산광역시\n박민수;대구\n최지우;인천\n", ["cp949"]),
    "Korean goods": ("번호,상품명,수량,비고\n1,사과주스,12,배송완료\n2,귤통조림,4,처리중\n", ["cp949"]),
    "Korean staff": ("성명,부서,직급\n홍길동,영업부,과장\n강감찬,총무부,부장\n유관순,개발팀,대리\n", ["cp949"]),
}


@pytest.mark.parametrize(
    ("language", "encoding"), [(language, encoding) for language, (_, names) in TEXTS.items() for encoding in names]
)
def test_letters_show_the_encoding(read, language, encoding):
    text = TEXTS[language][0]
    rows = [line.replace(",", ";").split(";") for line in text.splitlines()]
    raw = read(text.encode(encoding))
    assert raw.frame.columns == rows[0]
    cells = [[str(cell) for cell in row] for row in raw.frame.rows()]
    assert cells == rows[1:]
    if language.startswith("Korean"):
        assert not raw.schema.warnings


SIGNS = [
    *("0.5 °C", "5 µm", "Bob’s", "wait…", "Zoë O’Neil", "cœur à l’œil", "1½", "It’s a “fine” day – ok…", "n° 5"),
    *("10 €", "José’s house", "50 m²", "Straße – Köln 5 °C", "Radix™"),
]


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize("rows", [5, 60])
def test_signs_of_cp1252_in_western_text_are_read_without_a_doubt(read, sign, rows):
    raw = read(("id,note\n" + "".join(f"{row},{sign} ok\n" for row in range(rows))).encode("cp1252"))
    assert set(raw.frame["note"]) == {f"{sign} ok"}
    assert not raw.schema.warnings


@pytest.mark.parametrize("name", ["Jürgen Müller", "Renée", "Peña", "Åse", "Größe"])
def test_a_few_letters_of_cp1252_are_read_without_a_doubt(read, name):
    raw = read(("id;note\n" + "".join(f"{row};{name}\n" for row in range(9))).encode("cp1252"))
    assert set(raw.frame["note"]) == {name}
    assert not raw.schema.warnings
