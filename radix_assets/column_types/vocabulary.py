"""Common words of column names, and English letter trigrams. Written for Radix.

A name made of such words is readable without help; another one may need a codebook.
"""

import math
from collections import Counter
from functools import lru_cache

from radix_assets.column_types.lexicon import LEXICON

_WORDS = """
ability absence academic accident action active activity actual addition adjusted admission adult adverse after
against agent agreement agriculture air alarm alert alive all allocation alone alternative ambient animal annual any
application approach april arms army arrest arrival article artist asian ask assault assessment assigned associate
attack attempt attendance attribute auction audience august authority auto automatic away baby back backers bad ball
band bar barrel base basement basic basin basket bath batch batter battery battle bed before beginning behavior behind
below benefit best between beverage bike billing bird black blind blocked blog blue board boat body bonus book border
born borrower bottom bowl box branch break breed bridge broken budget build bus butter button buyer cabin cabinet
calendar call camera campaign cancer cancelled candidate capita car carbon card care career cargo carrier cart case
casualty cattle cause cell census center central cereal certificate certified chain chair challenge champion change
chapter character check chest chief child choice church cigarette circuit citizen claim clean clear client climate
clinic close cloud club coach coal coast coffee cold collection college combined comedy command commercial commission
committee common community comparison compensation complaint complete component compound computer confidence confirmed
conflict congress connection constant constructor construction consumer consumption contact contain content contract
contribution control convert cook cooling copper corn corporate correct cotton counter coupon course court cover crash
create credit crew crime criminal crop cross crude cubic culture cup current curve custom cut cycle dairy damage
danger dark data database dead deal death debit decade decision decline deep default defense delay delivery demand
democrat dental deposit depression design desk destroyed detected developer development device diabetes diagnosis
diesel diet different digital direct direction director disaster discharge disease display disposition distribution
division doctor document dog domain domestic donor door double down download draft draw drink drive drop drug dry due
during duty early earn earth east eat economy education effect effective efficiency effort egg election electric
electricity element eligible emergency emission employed employer employment empty energy engagement engine english
enrolled enrollment enter entrance entry environment episode equal equipment error establishment estate estimated
evening event evidence exam excess exchange exclusive exercise existing exit expected expenditure experience
experiment export exposure express extension external extra eye face facility factor faculty fail fair faith false
family fan far farm fashion fast fat fatal father fault favorite feature federal feed feedback feeling female
fertilizer fiber field fight figure file film filter final financial find fine finish fire firm fish fit fixed flavor
flight floor flow fly focus follow food foot football forecast foreign forest formal forward foul foundation fraud
free freedom freight fresh friend front frozen fruit fuel full function furnace future gain gallery game gap garage
garden gas gate gender gene general generation girl given glass goal gold golf good government grade graduate grain
grammar grand grant graph grass great green grid ground group growth guard guide gun guy half hall hand handling
happiness hard harvest hash hat hate head health hearing heat heavy height held help high highway hill history hit
hold holder hole holiday home homeless hope horse hospital hot hotel house household housing human hunger hunting
hurricane husband ice idea identity illness image immediate immigration impact import improvement incident include
income increase independent index individual industrial industry infant infection inflation information initial injury
innings input inspection installed institution instrument insurance intake integer intended intention interaction
interior internal international internet interview introduction inventory investment invoice involved iron irrigation
island issue item job join joint journal judge jump junior jury justice kid killed kitchen knee knowledge known labor
lake land landing language large last late launch law lawyer lead leader leaf league learn learning leave left leg
legal legend lender length lesson letter library license life lift light limit linear liquid literacy live livestock
living load loan lobby local lock log logic long look loop lost lot love low luck lunch machine magazine mail main
maintenance major male malaria man management mandatory manual map marital mark marriage married master match material
maternal math matter meal mean meat media medical medicine medium meeting memory men mental menu merchant merge
message metal meter metric middle migration military milk mill mind mine minister minor minority minute miss mission
mixed mobile mobility model moderate modern moment monthly moral morning mortality mortgage mother motion motor mouth
move movement movie murder muscle museum music mutual name nation national native natural nature near neck need
negative neighbor net network neutral new news newspaper next night noise normal north notice novel nuclear null nurse
nutrition object objective observation observed occupation occurrence ocean offense offer office officer official oil
old olympic online only open operating operation operator opinion opponent option orange order ordinary organ organic
origin original outbreak outdoor outlet output outside overall own owner oxygen pace package pain paint pair panel
paper parent park parking part participant particle partner pass passenger password past patent path patient pattern
pay peace peak pedestrian penalty pending pension people perception performance period permanent permit person
personal pest pet petal pharmacy phase physical physician piano pick picture piece pin pitch pixel plan planet plant
plastic plate platelet play please plot plus pocket poem poison police policy political poll pollution pool poor
popular popularity positive possession post poster potato potential poverty power practice precinct predicted
prediction preferred pregnancy premise prepared presence presentation president press previous primary prime principal
print prior prison private prize probability problem procedure process produce product production professional
professor profile program progress project promotion property proposal protection protein protocol provider province
public pull pulse pump purchase purpose push putt quality quantile quarter queen query question queue quick quote race
racial radio radius rail railway rain random range rank rape rapid raw reach read reading ready real reason rebound
receipt received recipe recipient recommended record recovered recovery recruit red reduction reference referral
refund region registered registration regular rejected related relation relationship relative release reliability
religion remaining remote removed renewable rental repair repeat reply report representative republic request required
rescue research reserve residence resident residual resistance resource respiratory respondent response rest
restaurant restecg retail retention retired return revenue reverse review rice ride right ring risk river road robbery
rock role roll roof room root rose rough round route row royal rule run runner rural russian safe safety sail salary
sale sample sanitation satellite satisfaction save scale scheduled scholarship school science scientific scored screen
script sea search seat secondary section sector secure security seed select self sell semester senate senior sense
sensor sent sentence sentiment sepal separate sequence series serious servant served server service session set
settlement sex sexual shape share sharp sheep sheet ship shipping shirt shock shoe shooting shop shot shoulder show
shower shuttle sick side sight sign significant silver similar simple single sister skill skin sleep slope slow smart
smoke smoker smoking snow soccer social software soil solar sold soldier solid solution son song sort sound south soy
space special specific specimen spectrum speech spend spending spirit split sponsor sport spot spread spring square
squad staff stand standard star start stationary stay steal steel step still stock stolen stomach stone stop storage
store storm story strategy stream street strike string strong structure student study style subject submission
submitted subscriber subscription success sugar suicide suite summer sun supply support surface surgery survey
survival survived suspect sweet swim switch symptom system table tackle taken talent talk tank target task taste tax
taxi teacher team technical technology teen telephone tempo temporary term terminal territory terrorist test theft
theme theory therapy threat ticket tide tie title tobacco today toilet token ton tool top topic touch tour tourism
tourist tower toy track trade tradition traffic trail train training transaction transfer transit transmission
transport travel treatment tree trial trip truck true trust try tumor tune turn tweet twin typical ultimate
unemployment uniform union unique universal university unknown upload upper urban urea usage use useful user usual
vacant vaccine valid valley valve variable variant variation variety vegetable vehicle velocity vendor verbal version
veteran victim victory video view village violation violence vip virus visible vision visit visitor vital vocational
voice vote voter voucher wage waist wait walk wall war ward warm warning warranty wash waste water wave way weak
wealth weapon wear weather wedding weekend weekly welfare well west wheat wheel white wide wife wild win window wine
winner winter wireless witness woman women wood wool work worker working workout world worst writing written wrong
yard yellow yield young youth zero zone
"""
KNOWN = frozenset(_WORDS.split()).union(*(words for words in LEXICON.values()))
_LEAST = 3
_LONG = frozenset(word for word in KNOWN if len(word) >= _LEAST and word.isalpha())
_LONGEST = max(map(len, _LONG))


@lru_cache(maxsize=20_000)
def readable(letters: str) -> float:
    """Return the share of the letters of a word that known words cover; 1 for a known word."""
    if not letters:
        return 0.0
    if letters in KNOWN:
        return 1.0
    best = [0] * (len(letters) + 1)
    for end in range(1, len(letters) + 1):
        best[end] = best[end - 1]
        for start in range(max(0, end - _LONGEST), end - _LEAST + 1):
            part = letters[start:end]
            if part in _LONG or (part[-1] == "s" and len(part) > _LEAST and part[:-1] in _LONG):
                best[end] = max(best[end], best[start] + end - start)
    return best[-1] / len(letters)


@lru_cache(maxsize=1)
def _followers() -> tuple[dict[str, float], float]:
    pairs: Counter[str] = Counter()
    heads: Counter[str] = Counter()
    for word in _LONG:
        text = f"^^{word}$"
        pairs.update(text[start : start + 3] for start in range(len(text) - 2))
        heads.update(text[start : start + 2] for start in range(len(text) - 2))
    letters = 27
    table = {pair: math.log((count + 0.3) / (heads[pair[:2]] + 0.3 * letters)) for pair, count in pairs.items()}
    return table, math.log(0.01)


@lru_cache(maxsize=20_000)
def fluent(letters: str) -> float:
    """Return the mean log probability of a word's letters given the two before: -2 for English words, -4 for noise."""
    table, rare = _followers()
    text = f"^^{letters}$"
    return sum(table.get(text[start : start + 3], rare) for start in range(len(text) - 2)) / (len(text) - 2)
