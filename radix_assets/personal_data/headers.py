"""Headers that indicate personal data, by kind."""

from radix_assets.personal_data.lexicon import AFTER_CONTACTS, HARMLESS, PERSON, Rule, rule, spelled_out

_WHOSE = (
    rf"(?:home|work|office|business|contact|primary|secondary|personal|private|main|alt|alternate|other|my|"
    rf"emergency|day|"
    rf"evening|cell|mobile|billing|shipping|ship|ship_to|bill_to|delivery|invoice|{PERSON})s?_?"
)

RULES: tuple[Rule, ...] = (
    rule("password", "sensitive", r"password|passwd|passwords?|pwd|passwort|kennwort|contrasena|mot_de_passe|"
         r"motdepasse|"
         r"senha|haslo|wachtwoord|losenord|adgangskode|sifre|пароль|密码|パスワード|비밀번호|"
         r"secret_(key|code)|client_secret|private_key|api_?key|(access|auth|refresh|session|bearer|api)_?token|"
         r"security_(answer|question)|passphrase|pin_(code|number)|otp_code", "secret",
         excuses="key access at field"),
    rule("email", "personal", rf"(?:{_WHOSE})?e_?mails?(_?(address|adresse|id|addresses))?|"
         r"(?:mail|mailadresse|mail_?adresse|e_mailadres(se)?)|mail_?address|email_?address|emailaddress|emailaddr|"
         r"correo(_electronico)?|courriel|adresse_(e_)?mail|adresse_electronique|posta_elettronica|adres_e_mail|"
         r"e_?posta|"
         r"(эл|электронная)_?(почта)|почта|邮箱|电子邮件|电子邮箱|メール|メールアドレス|이메일", "text", excuses="id"),
    rule("medical record", "sensitive", r"mrn|medical_record(_(no|number|num|id))?|nhs_?(no|number|num)|patient_mrn|"
         r"health_(insurance|card)_(no|number|id)|krankenversicher(ungs|ten)_?nummer|versichertennummer|"
         r"medicare_(no|number|id)|"
         r"medicaid_(no|number|id)", "long", excuses="id"),
    rule("national id", "sensitive", r"ssn(_?(no|num|number|last_?4|last_?four))?|social_sec(urity)?(_?(number|no|"
         r"num|nbr))?|"
         r"soc_?sec(_?(no|num|number))?|passport(_?(no|number|num|nbr|id))|passport|nationalid|"
         r"national_?id(entity|entification)?(_?(no|number|num|card))?|identity_(card|document|number|no)(_(no|"
         r"number))?|"
         r"id_?card(_?(no|number))?|government_id|civil_id|citizen_(id|no|number)|residence_permit(_(no|number))?|"
         r"(drivers?|driving)_?license(_?(no|num|number|id))?|dl_?(no|num|number)|voter_?id(_(no|number))?|"
         r"tax_?(payer_?)?(id|number|no|identification_number)|tin(_(no|number))|taxid|"
         r"ni_(number|no)|national_insurance(_(no|number))?|tax_file_(no|number)|tfn|personen_?(nummer|kennzahl)|"
         r"rijbewijs_?(nummer|nr)|"
         r"fuhrerschein_?(nummer|nr)|permis_(de_)?conduire|licencia_(de_)?conducir|patente_(di_)?guida|prawo_jazdy|"
         r"n_(de_)?securite_sociale|"
         r"nin|nino|dni|nie(_?(no|number|numero))?|nif|nss|curp|rfc|cuil|cuit|cpf|cnpf|rg_(no|number|numero)|"
         r"cedula(_\w+)?|"
         r"numero_(de_)?securite_sociale|num_secu|insee_(no|number)|numero_(de_)?identificacion|"
         r"documento_(de_)?identidad|"
         r"steuer_?(id|nummer|identifikationsnummer)|sozialversicherungs_?nummer|svnr|ahv_?(nr|nummer)?|"
         r"ausweis_?(nr|nummer)|"
         r"personalausweis_?(nr|nummer)?|reisepass_?(nr|nummer)?|codice_fiscale|carta_identita|bsn|"
         r"burgerservice_?nummer|"
         r"rijksregister_?nummer|personnummer|person_?nummer|cpr_?(nr|nummer)?|fodselsnummer|fødselsnummer|hetu|"
         r"henkilotunnus|"
         r"pesel|nr_dowodu|rodne_cislo|cnp|egn|oib|jmbg|amka|aadhaa?r(_?(no|number|card))?|pan_?(no|number|card)|"
         r"nric(_?(no|number))?|ktp|nik_(no|number)|cnic|tc_?kimlik(_?(no|numarasi))?|tckn|emirates_id|iqama(_(no|"
         r"number))?|"
         r"паспорт|снилс|身份证|身份证号|护照|マイナンバー|주민등록번호|여권", "long", excuses="id date"),
    rule("bank account", "sensitive", r"(bic_)?iban(_?(nr|no|number|code))?|bank_?acc(oun)?t(_?(no|number|num|nbr))?|"
         r"account_?(no|number|num|nbr)|acct_?(no|number|num|nbr)|routing_?(no|number|num)|sort_code|"
         r"konto_?(nummer|nr)|bankverbindung|numero_(de_)?(cuenta|compte|conta)|conto_(corrente|bancario)|"
         r"(numer|nr)_(konta|rachunku)|rekening_?(nummer|nr)|bankkonto|hesap_no|账号|银行账号|銀行口座|口座番号",
         "account"),
    rule("credit card", "sensitive", r"(credit_?|debit_?)?card_?(no|num|number|nbr)|credit_?card|debit_?card|"
         r"card_holder_number|card_pan|"
         r"cc_?(no|num|number|nbr)|ccn|cvv2?|cvc|kreditkarten_?(nummer|nr)?|tarjeta(_de)?_credito|"
         r"numero_(de_)?(tarjeta|carte(_bancaire)?|cartao)|carta_(di_)?credito|cartao_(de_)?credito|numer_karty|"
         r"信用卡号?|クレジットカード", "card"),
    rule("phone", "personal", rf"(?:{_WHOSE})?(tele)?phones?_?(no|num|number|nr|numbers|1|2)?|"
         rf"(?:{_WHOSE})?tel(_?(no|nr|num|number))?|"
         r"contact_(number|no)|ph_(no|num|number)|mobilfunk_?(nummer|nr)?|recapito(_telefonico)?|gsm_(nummer|nr|no)|"
         r"(mobile|cell)_?(phone|no|number|num|nr)(_?(no|number|num))?|mobile|cellular|"
         r"caller_id(_number)?|"
         r"(mobil|handy)_?(nummer|nr)|telefon_?(nummer|nr)|rufnummer|whatsapp(_(no|number))?|"
         r"fax(_?(no|number|nummer))?|telefono?|telefone|celular|movil|cellulare|portable|telephone|"
         r"(numero|num|n)_(de_)?(tel|telephone|telefono|telefone|celular|movil|portable)|telefoon(_?nummer)?|"
         r"mobiel(_?nummer)?|(numer|nr)_(telefonu|komorki)|telefonnummer|puhelin(numero)?|telefonnr|mobilnummer|gsm|"
         r"cep_telefonu|"
         r"телефон|мобильный|电话|手机|手机号|電話|電話番号|携帯|전화|전화번호|휴대폰", "phone", "unless_things",
         excuses="id"),
    rule("date of birth", "personal", r"(date|day|year|month)_?of_?birth|dob|d_o_b|birth_?(date|day|year|month)|"
         r"(?<!_)(?:birth|born)(?=$)|"
         r"brthdtc|yob|bday|geburts?_?(datum|tag|jahr|date)|geb_?dat|gebdat|geboren(_am)?|nee?_le|naissance|nato_il|"
         r"urodzony|geb_?datum|(fecha|ano)_(de_)?nacimiento|"
         r"(date|annee)_(de_)?naissance|(data|anno)_(di_)?nascita|((data|ano)_(de_)?)?nascimento|geboorte_?(datum|"
         r"jaar)|"
         r"(data|rok)_urodzenia|fodelse_?(datum|ar)|fodsels?_?dato|syntyma_?aika|datum_narozeni|datum_rodenja|"
         r"dogum_(tarihi|yili)|дата_рождения|рождения|生日|出生|出生日期|生年月日|誕生日|생년월일",
         "birth", "unless_animals", excuses="date time at datum"),
    rule("person name", "personal", r"(first|last|middle|given|family|maiden|birth|fore|christian)_?names?|surname|"
         r"sur_name|forename|[fl]_?name|name_(first|last)|"
         rf"vorname|nachname|familienname|rufname|geburtsname|nom_(de_)?(famille|naissance|jeune_fille)|prenoms?|"
         r"nom_(et_)?prenom|nom_complet|primer_nombre|nombres?_(completo|y_apellidos?)|apellidos?(_(paterno|"
         r"materno))?|cognome|"
         r"nome_e_cognome|sobrenome|nome_completo|nome_proprio|voornaam|achternaam|imie|imie_i_nazwisko|nazwisko|"
         r"fornamn|efternamn|fornavn|etternavn|efternavn|etunimi|sukunimi|jmeno|prijmeni|ad_?soyad|soyadi?|soyadı|"
         rf"(?:{PERSON})s?_?(first_?|last_?|full_?|given_?|family_?)?names?|(?:{PERSON})s?_(fname|lname|surname|"
         rf"f_?name|l_?name)|"
         r"(mother|father|spouse|parent|maiden|guardian|husband|wife|kin)s?_?(maiden_?)?names?|full_?names?_of_\w+|"
         rf"name_of_(?:the_)?(?:{PERSON})s?|(?:nome|nombre|nom|naam|name)_(?:(?:do|da|de|del|della|du|de_la|van|des|"
         rf"der|vom)_)?"
         rf"(?:{PERSON})s?|(?:ship|bill|sold|deliver)_to_name|"
         r"contact_?persoon|persona_(de_)?contacto|personne_(de|a)_contact|contact_person|contact_name|"
         r"ansprechpartner|kontaktperson|"
         r"фамилия|фио|отчество|姓名|氏名|お名前|성명|이름", "name", "unless_animals"),
    rule("person name", "personal", r"[vn]_?name|full_?names?|display_?name|legal_?name|имя|名前",
         "names", "any", 0.85),
    rule("person name", "personal", r"(?:ship|shipping|bill|billing|delivery)_?name", "name", "delivered", 0.75),
    rule("biometric", "sensitive", r"biometrics?(_\w+)?|fingerprints?|face_?id|iris_scan|"
         r"voice_?print", "any", "any", 0.8, "id"),
    rule("user name", "personal", r"user_?names?|screen_?names?|login(_?name)?|log_?in_id|nick_?names?|"
         r"twitter(_handle)?|"
         r"instagram(_handle)?|skype(_(id|name))?|(facebook|linkedin|tiktok|snapchat|telegram|vk)(_?(profile|handle|"
         r"id|user|name|account))?|benutzername|nom_d_utilisateur|usuario_login|用户名", "handle",
         "unless_animals", 0.85),
    rule("number plate", "personal", r"(license|number|registration)_?plates?(_?(no|number))?|plate_?(no|num|"
         r"number)|(?<!_)plate(?=$)|"
         r"license_plate_no|(kfz_?)?kennzeichen|immatriculation|(numero_)?matricula(_(vehiculo|coche))?|targa|"
         r"kenteken|"
         r"nr_rejestracyjny|vehicle_reg(istration)?(_(no|number))?|车牌|车牌号", "plate", "any", 0.85),
    rule("device id", "personal", r"imei|imsi|iccid|idfa|idfv|gaid|aaid|android_id|advertising_id|ad_id|"
         r"device_fingerprint|"
         r"mac_?addr(ess)?|mac_adresse|cookie_id|fingerprint_hash", "id", excuses="id"),
    rule("ip address", "personal", r"(client|user|remote|source|src|dst|dest|destination|host|login|last|visitor|"
         r"customer)?_?"
         r"ip(_?v[46])?_?(addr|addrs|address|adresse)?|remote_address_ip|remote_addr(ess)?|ipaddr(ess)?|ip_adres(se)?|"
         r"(adresse|direccion|indirizzo|endereco|adres)_ip|ip地址", "ip"),
    rule("address", "personal", r"(street|home|postal|mailing|billing|shipping|ship|ship_to|bill_to|delivery|"
         r"residential|"
         r"residence|permanent|current|contact|work|customer|client|patient|employee|"
         r"full)_?address(_?line)?(_?[123])?|"
         r"address(_?line)?(_?[123])?|street(_?(name|number|no|address))?|street_[12]|strasse(_(und_)?(hausnummer|"
         r"nr))?|straat(_?naam)?|hausnummer|"
         r"(?:wohn|post|liefer|rechnungs|privat)?_?(adresse|anschrift)|adresse_(postale|domicile|ligne_[12]|"
         r"complete)|rue|"
         r"direccion(_(postal|particular|domicilio))?|domicilio|calle|indirizzo(_(di_)?residenza)?|via_e_numero|"
         r"endereco|logradouro|"
         r"(woon|thuis|post)?_?adres|adres_(zamieszkania|zameldowania)|ulica|gatu_?adress|adress|bostadsadress|"
         r"osoite|katuosoite|"
         r"адрес|улица|住所|地址|住址|주소", "place", "unless_things", 0.88, excuses="number at to"),
    rule("postal code", "personal", r"(?:" + _WHOSE + r")?(post(al)?_?code|zip(_?(code|cd|5|4))?|pin_?code|"
         r"post_?code)s?|plz|postleitzahl|"
         r"code_postal|codigo_postal|cep|cap(?=$)|kod_pocztowy|psc|postnummer|postinumero|irsz|posta_kodu|邮编|郵便番号|"
         r"우편번호",
         "any", "address", 0.85),
    rule("religion", "sensitive", r"religions?|religious(_(affiliation|belief|beliefs|group|groups|view|views))?|"
         r"faith|denomination|konfession|"
         r"confession(?=$)|religionszugehorigkeit|glaube|glaubensrichtung|croyance|creencia|religione|religiao|"
         r"godsdienst|wyznanie|religija|uskonto|din(?=$)|"
         r"inanc|"
         r"религия|宗教|종교", "category"),
    rule("ethnic origin", "sensitive", r"(\w+_)?race(_?\d)?(?=$)|\w+_race_name(_?\d)?(?=$)|race_(eth(nicity)?|code|"
         r"desc(ription)?|cd|"
         r"group|category)|"
         r"(\w+_)?ethnic(ity)?(_(group|origin|background|category|name|code|desc))?(_?\d)?|ethnie|etnia|etnicidad|"
         r"raza|raca(_cor)?|"
         r"origine_ethnique|origen_etnico|ethnische_(herkunft|zugehorigkeit)|herkunft_ethnisch|caste|tribe|"
         r"national_origin|"
         r"этническая|национальность|民族|인종", "category", "unless_animals", excuses="group category"),
    rule("health", "sensitive", r"diagnos[ei]s?(_(code|desc|description|name|1|2|3))?|(primary|secondary|admitting|"
         r"discharge)_diagnos[ei]s(_code)?|"
         r"icd_?(9|10|11)?(_(code|cm))?|blood_(type|group)|hiv(_\w+)?|disabilit(y|ies)(_(status|group|type))?|"
         r"disabled|"
         r"mental_(health|illness)(_(condition|status))?|medical_(history|conditions?|terms?|notes)|illness(es)?|"
         r"chronic_(illness|disease|condition)s?|"
         r"diseases?|medications?(_name)?|prescriptions?|pregnant|pregnancy(_status)?|allerg(y|ies)|"
         r"vaccination_status|dx|"
         r"diagnosen?|diagnostico(_medico)?|diagnostic_medical|diagnosi|diagnoza|behinderung(sgrad)?|"
         r"schwerbehindert|handicap|"
         r"(er)?krankheit(en)?|erkrankung(en)?|vorerkrankung(en)?|maladies?|enfermedad(es)?|malattia|malattie|"
         r"doenca|discapacidad|"
         r"choroba|ziekte|sjukdom|"
         r"диагноз|诊断|疾病|病名|診断|진단", "health", "any", 0.88, excuses="status group type result"),
    rule("opinion or private life", "sensitive", r"sexual(ity|_orientation|_preference|_identity)|sexualitat|"
         r"sexuelle_orientierung|"
         r"orientation_sexuelle|orientacion_sexual|orientamento_sessuale|orientacao_sexual|gender_identity|"
         r"political_(affiliation|opinions?|views?|party|leaning|orientation|preference)|politische_\w+|"
         r"party_?affiliation|"
         r"partei(zugehorigkeit)?|partito_politico|afiliacion_politica|partido_politico|opinion_politique|"
         r"(trade_?)?union_?member(ship)?|labor_union_member|gewerkschafts?_?(mitglied|zugehorigkeit)?|sindicato|"
         r"syndicat|"
         r"criminal_(record|records|history|convictions?)|convictions?|felon(y|ies)|arrest_record|prior_(arrests|"
         r"convictions)|"
         r"vorstrafen|fuhrungszeugnis|antecedentes(_penales)?|casier(_judiciaire)?|precedenti_penali|wyrok\w*|"
         r"судимость", "any",
         excuses="status"),
    rule("income", "sensitive", r"(annual_|monthly_|base_|gross_|net_|hourly_|current_|employee_)?(salary|salaries|"
         r"wages?|compensation|sal)|"
         r"gehalt|lohn|salaire|salario|sueldo|stipendio|salaris|wynagrodzenie|maas|зарплата|工资|薪资|給与|급여",
         "money", "persons", 0.85),
    rule("income", "sensitive", r"(\w+_)?(income|earnings)|(base|total|net|gross|overtime|regular|annual|hourly|"
         r"monthly)_?pay|"
         r"pay_rate|hourly_rate|bonus|net_worth|credit_score|einkommen|revenu|ingresos?|reddito|renda|inkomen|dochod",
         "money", "identified", 0.65, excuses="rate total score"),
    rule("location of a person", "personal", r"(home_|last_|user_|customer_|patient_|current_)?(lat|latitude|lon|"
         r"lng|long|longitude|geo|gps|coordinates?|"
         r"geo_?location|breitengrad|langengrad|latitud|longitud)", "position", "persons", 0.8),
    rule("gender", "personal", r"(\w+_)?(gender|sex)|geschlecht|genre|sexe|genero|sexo|sesso|genere|geslacht|plec|"
         r"kon(?=$)|kjonn|sukupuoli|"
         r"cinsiyet|pohlavi|пол|性别|性別|성별", "category", "identified", 0.65),
    rule("age", "personal", rf"(?<!_)(?:(?:{PERSON})_)?(?:age|age_(years|yrs|in_years)|alter|edad|eta|idade|"
         rf"leeftijd|wiek|alder|yas|ika|возраст|年龄|年齢|나이)(?=$)",
         "any", "identified", 0.6),
    rule("family status", "personal", r"marital(_?status)?|maritalstatus|civil_?status|familienstand|estado_civil|"
         r"etat_civil|situation_familiale|"
         r"stato_civile|burgerlijke_staat|stan_cywilny|civilstand|"
         r"婚姻", "category", "identified", 0.65, excuses="status"),
    rule("nationality", "personal", r"nationality|citizenship|nationalitat|staatsangehorigkeit|nationalite|"
         r"nacionalidad(e)?|nazionalita|"
         r"nationaliteit|obywatelstwo|гражданство|国籍", "category", "identified", 0.65),
    rule("place of a person", "personal", rf"(?<!_)(?:(?:{PERSON}|home|residence|current|permanent)s?_)?(?:city|"
         rf"town|hometown|village|suburb)(?=$)|birth_?place|place_of_birth|"
         r"geburtsort|(wohn)?ort|stadt|ville|ciudad|cidade|"
         r"citta|comune|plaats|woonplaats|miasto|stad|sehir|город|城市", "any", "identified", 0.5),
)  # fmt: skip


_QUESTION = 12
"""Words from which a header is a survey question, or a line that was not split."""


def rules_of(name: str) -> list[Rule]:
    """Return every rule that a header matches, the most certain first, except those that other words rule out."""
    header = spelled_out(name)
    rules: list[Rule] = []
    if header.count("_") >= _QUESTION:
        return rules
    for each in RULES:
        match = each.header.search(header)
        if match:
            rest = {word for word in f"{header[: match.start()]}_{header[match.end() :]}".split("_") if word}
            after = set(header[match.end() :].split("_")) if each.kind in {"email", "phone"} else set[str]()
            if not (rest & HARMLESS) - each.excuses and not after & AFTER_CONTACTS:
                rules.append(each)
    return rules
