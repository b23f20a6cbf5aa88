"""What mail programs write around quoted and forwarded mail, in the languages they are used in."""

from __future__ import annotations


def _words(row: str) -> frozenset[str]:
    return frozenset(row.split())


FROM, DATE, TO, CC, SUBJECT, OTHER = "from", "date", "to", "cc", "subject", "other"

_LABELS = {
    FROM: """from|de|von|van|da|fra|från|frá|od|de la|feladó|lähettäjä|saatja|kimden|gönderen|от|від
        |от кого|отправитель|відправник|nadawca|šalje|pošiljatelj|remitente|expéditeur|mittente
        |afzender|absender|avsändare|afsender|avsender|remetente|expeditor|odosielateľ
        |odesílatel|odesilatel|από|מאת|من|nuo|no|差出人|发件人|寄件者|寄件人|보낸 사람|보낸사람
        |from address""",
    DATE: """date|sent|sent at|date sent|fecha|enviado|enviado el|enviada|enviada em|enviado em|data
        |datum|dato|dată|dátum|sendt|skickat|gesendet|gesendet am|verzonden|verzonden op|envoyé
        |envoyé le|inviato|inviata|wysłano|odesláno|odoslané|päivämäärä|päiväys|lähetetty|küldve
        |elküldve|tarih|gönderildi|gönderilme tarihi|gönderme tarihi|дата|отправлено|надіслано
        |trimis|data trimiterii|kuupäev|saadetud|poslano|ημερομηνία|στάλθηκε|נשלח|תאריך|التاريخ
        |日時|送信日時|日付|发送时间|发送日期|日期|时间|寄件日期|傳送時間|보낸 날짜|날짜
        |datum i vrijeme|date d'envoi""",
    TO: """to|para|à|a|an|aan|til|till|komu|do|címzett|vastaanottaja|kellele|saaja|kime|alıcı|кому
        |către|catre|pre|prima|za|adresat|destinatario|destinatário|destinataire|empfänger
        |ontvanger|modtager|mottaker|mottagare|primatelj|příjemce|príjemca|получатель|одержувач
        |προς|אל|إلى|宛先|收件人|收件者|받는 사람|받는사람""",
    CC: """cc|bcc|kopie|kopi|kopia|kópia|kopio|kopya|karbon kopya|kopie (cc)|copia|cópia|copie
        |copie à|dw|udw|do wiadomości|bilgi|копия|копія|másolat|másolatot kap|másolatot kapja
        |koopia|pk|kk|ccn|cci|cco|κοιν|κοινοποίηση|עותק|نسخة|抄送|副本|참조""",
    SUBJECT: """subject|asunto|assunto|betreff|betrifft|onderwerp|oggetto|objet|sujet|emne|ämne|temat
        |tytuł|předmět|predmet|tárgy|aihe|teema|konu|тема|subiect|naslov|θέμα|נושא|الموضوع|件名
        |主题|主題|主旨|제목""",
    OTHER: """reply-to|reply to|répondre à|antwort an|responder a|responder para|rispondi a
        |beantwoorden aan|svar til|svara till|odpověď|válaszcím|importance|priority|attachments
        |pièces jointes|anlagen|bijlagen|allegati|adjuntos|wichtigkeit|priorität|resent-from
        |organization|message-id|newsgroups|resent-date|sender|mailed-by|signed-by""",
}
LABELS = {" ".join(label.split()): field for field, row in _LABELS.items() for label in row.split("|")}
LONGEST_LABEL = max(map(len, LABELS))

# The prefixes that programs put before the subject of a forward.
FORWARD_PREFIXES = _words(
    """fw fwd forward tr wg rv vs i enc vl vb vid vidarebefordrat videresend videresendt doorst pd redir
    redir. továbbítás ilt i̇lt iletilen fs trs rif transmis 转发 轉寄 turinys přep preposlané пересл пер
    переслано πρθ הועבר"""
)

REPLY_PREFIXES = _words("""re aw sv antw odp ynt atb vá res rép r ref rif απ השב 回复 回覆 答复 ответ отв""")

# Stems of "forwarded message"; a line that has one, and a header block after it, begins a forward.
FORWARD_STEMS = (
    "forward",
    "fwd",
    "transfér",
    "transfer",
    "transmis",
    "reenvia",
    "rebut",
    "encaminhad",
    "weitergeleitet",
    "weiterleitung",
    "doorgestuurd",
    "inoltrat",
    "inoltro",
    "videresend",
    "vidaresend",
    "vidarebefordra",
    "vidarebefor",
    "přeposlan",
    "přeposílan",
    "preposlan",
    "preposielan",
    "továbbít",
    "edelleen",
    "välitet",
    "edasta",
    "ileti",
    "yönlendir",
    "redirec",
    "redirij",
    "пересыл",
    "пересил",
    "препра",
    "прослеђ",
    "переслан",
    "перенаправ",
    "переадрес",
    "перепосл",
    "proslij",
    "prosleđ",
    "przekaz",
    "przesyłan",
    "posredovan",
    "persiųst",
    "pārsūt",
    "προωθ",
    "הועבר",
    "מועברת",
    "محولة",
    "転送",
    "转发",
    "轉寄",
    "전달",
    "áframsend",
)

# "Original message" and its like, between dashes: all below is history.
ORIGINAL = (
    "original message",
    "original email",
    "original e-mail",
    "reply message",
    "original appointment",
    "message d'origine",
    "message d’origine",
    "message original",
    "ursprüngliche nachricht",
    "originalnachricht",
    "original-nachricht",
    "originalbeitrag",
    "antwort nachricht",
    "originele bericht",
    "oorspronkelijk bericht",
    "oprindelig meddelelse",
    "oprindelig besked",
    "opprinnelig melding",
    "originalmeddelelse",
    "ursprungligt meddelande",
    "originalmeddelande",
    "alkuperäinen viesti",
    "mensaje original",
    "mensagem original",
    "messaggio originale",
    "wiadomość oryginalna",
    "oryginalna wiadomość",
    "původní zpráva",
    "pôvodná správa",
    "eredeti üzenet",
    "исходное сообщение",
    "оригинальное сообщение",
    "вихідне повідомлення",
    "mesaj original",
    "mesajul original",
    "orijinal mesaj",
    "özgün ileti",
    "izvorna poruka",
    "originalna poruka",
    "αρχικό μήνυμα",
    "הודעה מקורית",
    "原始邮件",
    "原始郵件",
    "元のメッセージ",
    "원본 메시지",
    "previous replies",
    "vorherige antworten",
)

# Verbs that end the line before a quotation ("On …, … wrote:").
WROTE = (
    "wrote",
    "writes",
    "sent",
    "a écrit",
    "a ecrit",
    "schrieb",
    "geschrieben",
    "escribió",
    "escribio",
    "ha escrito",
    "escreveu",
    "ha scritto",
    "scrisse",
    "schreef",
    "geschreven",
    "skrev",
    "skreiv",
    "skrifaði",
    "napsal(a)",
    "napsal",
    "napsala",
    "napísal(a)",
    "napísal",
    "napísala",
    "napisał(a)",
    "napisał",
    "napisała",
    "pisze",
    "napisao je",
    "napisala je",
    "je napisao",
    "je napisao/la",
    "je napisala",
    "piše",
    "kirjoitti",
    "kirjutas",
    "ezt írta",
    "írta",
    "yazdı",
    "şunu yazdı",
    "написал",
    "написал(а)",
    "написала",
    "пишет",
    "писал",
    "писал(а)",
    "написав",
    "написав(ла)",
    "пише",
    "a scris",
    "rašė",
    "rakstīja",
    "đã viết",
    "έγραψε",
    "έγραψαν",
    "כתב",
    "כתבה",
    "كتب",
    "写道",
    "寫道",
    "のメッセージ",
    "작성",
)
# How such a line begins, where it takes more than one line.
ON = _words(
    """on am le el em op den dne d. på il in w dnia dňa dana în la a vào при el. pe ti ke to su ma ons tor
    fre lør søn man tir ср пн вт чт пт сб вс mon tue wed thu fri sat sun monday tuesday wednesday
    thursday friday saturday sunday mo di mi do fr sa so lun mar mer jeu ven sam dim gio"""
)

REPLY_ABOVE = (
    "reply above this line",
    "type your reply above this line",
    "write above this line",
    "antwort oberhalb dieser zeile",
    "répondre au-dessus de cette ligne",
    "responda por encima de esta línea",
    "above this line to reply",
)
