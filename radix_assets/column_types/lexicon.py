"""Words of column names by what they say about the column. Written for Radix."""

import re


def _set(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"[^\W_]+", text.lower()))


LEXICON: dict[str, frozenset[str]] = {
    "key": _set(
        "id ids key uuid guid pk rowid oid objectid fid gid uid index idx nr no record serial accession ein ssn isbn"
    ),
    "number_of": _set("number num nbr numbers"),
    "code": _set(
        "code codes cd cod codigo coded abbr abbreviation iso iso2 iso3 fips naics sic zip zipcode postcode "
        "postal geoid hts isin ticker symbol"
    ),
    "category": _set(
        "type types kind class classification category categories cat group subgroup grp genre status state "
        "level grade tier mode method species gender sex race ethnicity religion sector industry segment "
        "cluster department dept division brand make model color colour style tipo categoria season quality "
        "label labels target outcome result role position rank league team conference shift party marital "
        "education language lang currency unit units source channel platform device browser os band frequency "
        "scale stage phase severity priority condition form family subtype subcategory class"
    ),
    "flag": _set(
        "is has had was are flag flg indicator ind bool boolean yn valid active enabled deleted default dummy "
        "missing available allowed eligible exists required verified approved used passed failed won win "
        "answered known present"
    ),
    "place": _set(
        "country countries nation region area state province city town county district borough boro ward zone "
        "municipality village territory continent location place site venue neighborhood neighbourhood "
        "precinct block tract stadium airport station port origin destination geo pais ville"
    ),
    "coordinate": _set(
        "lat latitude lon long lng longitude coord coords coordinate coordinates geom geometry polygon point "
        "xcoord ycoord easting northing gps the_geom shape"
    ),
    "person": _set(
        "name names first last middle full surname forename author authors actor actress director artist "
        "player user username member owner customer client patient student teacher employee judge coach "
        "driver winner candidate nom prenom nome nickname screen contact manager reviewer reporter writer "
        "singer host guest passenger"
    ),
    "company": _set(
        "company organization organisation org institution supplier vendor employer manufacturer publisher "
        "producer agency bank school university hospital business firm contractor seller"
    ),
    "address": _set("address addr street road avenue suite floor apt building house bldg headquarters addresses"),
    "contact": _set("email mail phone fax tel telephone mobile handle twitter facebook instagram"),
    "date": _set(
        "date dates day datetime timestamp time times month year years week weekday hour minute second dob "
        "birthday birthdate created updated modified start end begin finish opened closed published released "
        "deadline expiry expiration season quarter period fecha datum fy yr mo dt tm since until at on yyyy "
        "mm dd"
    ),
    "month_name": _set(
        "jan feb mar apr may jun jul aug sep sept oct nov dec january february march april june july august "
        "september october november december mon tue wed thu fri sat sun monday tuesday wednesday thursday "
        "friday saturday sunday q1 q2 q3 q4"
    ),
    "year": _set("year years yr yrs yyyy fy annual vintage season"),
    "text": _set(
        "description desc comment comments text note notes remarks remark review reviews summary title titles "
        "subject body content abstract message narrative details detail explanation story plot overview "
        "caption headline question answer reason feedback bio biography about synopsis lyrics quote statement "
        "sentence tweet explain other specify instructions definition methodology message tagline slogan "
        "blurb allegation"
    ),
    "url": _set(
        "url urls link links website web site homepage href uri http https www image img photo picture "
        "thumbnail wikipedia imdb avatar logo icon video page"
    ),
    "list": _set(
        "list tags keywords genres actors cast ids items ingredients languages countries authors categories "
        "skills members positions hashtags entities topics features amenities roles companies values array "
        "set colors hobbies"
    ),
    "count": _set(
        "count counts cnt num number total totals sum qty quantity amount n freq frequency times votes likes "
        "shares views visits followers friends reviews comments retweets goals points score scores wins "
        "losses games matches kills deaths cases population pop employees students households members units "
        "rooms bedrooms bathrooms beds seats floors stories children passengers hits runs clicks downloads "
        "sales orders attempts assists"
    ),
    "money": _set(
        "price cost amount salary income revenue budget profit fee fees tax taxes usd eur gbp dollar dollars "
        "euro pay wage wages loan debt balance value worth gdp expense expenses expenditure spending payment "
        "payments fare rent gross net assets liabilities fund funds funding capital interest premium charge "
        "charges discount tip bid sale cash asset equity market cap"
    ),
    "ratio": _set(
        "rate rates ratio pct percent percentage perc share proportion prop fraction per index idx prob "
        "probability growth change delta yield margin pc pcnt"
    ),
    "statistic": _set(
        "mean avg average median std stdev sd var variance min max minimum maximum sum sd error err se ci "
        "lower upper low high cum cumulative norm normalized quantile percentile kurtosis skew corr estimate "
        "est moe weighted weight entropy"
    ),
    "measure": _set(
        "length width height depth size weight mass volume area distance dist speed velocity acceleration "
        "temperature temp pressure humidity power energy voltage current force torque density thickness "
        "diameter radius angle age duration elevation altitude wind rain rainfall precipitation snow "
        "radiation flow level intensity concentration amplitude brightness luminosity mileage mpg horsepower "
        "calories protein fat sugar sodium carbs fiber vitamin bmi heart pulse blood glucose cholesterol ph "
        "alcohol strength capacity load rating rank score elo magnitude latency bytes size x y z dx dy dz acc "
        "gyro mag sensor signal"
    ),
    "unit": _set(
        "km kg m cm mm mi miles ft feet inch inches lb lbs oz g mg ml l hrs hours hr mins min minutes sec "
        "secs seconds ms days weeks months c f k kw kwh mw mwh hz db gb mb kb sq sqft ha acres acre degrees "
        "deg kmh mph kcal pct usd eur cc hp ppm psi pa hpa volts amps watts"
    ),
    "embedded": _set(
        "size duration range weight dimension dimensions storage ram memory screen resolution salary payload "
        "mass interval bracket span runtime length score revenue price version"
    ),
    "other": _set("other specify otros autre misc extra unnamed unknown na none dummy temp test blank filler"),
    "survey": _set("q question ques item resp respondent answer sq"),
}
"""Kinds of content, each with the words that indicate it."""
