"""The languages that Clever's API has a word for, with their codes.

Belongs here: the list. Does not belong here: any other word of the API (`values`).
"""

from __future__ import annotations

_LISTED = """
Afrikaans afr, Albanian sqi, Amharic amh, Arabic ara, Armenian hye, Azerbaijani aze, Basque eus, Belarusian bel,
Bengali ben, Bosnian bos, Bulgarian bul, Burmese mya, Cabo Verdean cpp, Catalan cat, Cebuano ceb, Chichewa nya,
Chinese zho, Chinese (Mandarin) cmn, Corsican cos, Croatian hrv, Czech ces, Danish dan, Dari prs, Dutch nld,
English eng, Estonian est, Farsi fas, Filipino fil, Finnish fin, French fra, Frisian fry, Galician glg,
Georgian kat, German deu, Greek ell, Gujarati guj, Haitian Creole hat, Hausa hau, Hawaiian haw, Hebrew heb,
Hindi hin, Hmong hmn, Hungarian hun, Icelandic isl, Igbo ibo, Iloko ilo, Indonesian ind, Irish gle, Italian ita,
Japanese jpn, Javanese jav, Kannada kan, Karen kar, Kazakh kaz, Khmer khm, Kinyarwanda kin, Korean kor,
Kurdish (Kurmanji) kur, Kyrgyz kir, Lao lao, Latvian lav, Lithuanian lit, Luxembourgish ltz, Macedonian mkd,
Malagasy mlg, Malay msa, Malayalam mal, Maltese mlt, Maori mri, Marathi mar, Marshallese mah, Mongolian mon,
Nepali nep, Norwegian nob, Odia ori, Oromo orm, Pashto pus, Polish pol, Portuguese por, Punjabi pan, Romanian ron,
Russian rus, Samoan smo, Scots Gaelic gla, Serbian srp, Sesotho sot, Shona sna, Sindhi snd, Sinhala sin, Slovak slk,
Slovenian slv, Somali som, Spanish spa, Sundanese sun, Swahili swa, Swedish swe, Tagalog tgl, Tajik tgk, Tamil tam,
Tatar tat, Telugu tel, Thai tha, Tigrinya tir, Turkish tur, Turkmen tuk, Ukrainian ukr, Urdu urd, Uyghur uig,
Uzbek uzb, Vietnamese vie, Welsh cym, Xhosa xho, Yiddish yid, Yoruba yor, Zulu zul
"""
LANGUAGES = {name: code for name, _, code in (entry.strip().rpartition(" ") for entry in _LISTED.split(","))}
"""The API's word -> its code of three letters, ISO 639-3 for nearly all."""

OTHER = ("Other", "other")
