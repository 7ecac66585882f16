"""Mail: threads with greetings, signatures and quoted parts, Chinese, English and both."""

ZH_MAIL = (
    "发件人：{ZH.1} <{EMAIL.1}>\n收件人：{ZH.2}\n主题：Q3预算\n\n{TITLED.3}：\n附件是修订版，请过目。\n\n此致\n敬礼\n{ZH.1}\n写一封回信",
    "{ZH.1}你好，\n\n合同已寄到{ADDR.1}，快递单号{trap:waybill}，请注意查收。\n\n祝好\n{ZH.2}\n{PHONE.2}",
    "> 在 2026年3月1日，{ZH.1} 写道：\n> 样品什么时候到？\n\n{ZH.1}，样品周五发出。——{ZH.2}\n总结往来邮件",
    "抄送：{ZH.1}；{ZH.2}；{ZH.3}\n各位同事，系统将于今晚升级到{trap:version}，有问题联系{ZH.4}（{EMAIL.4}）。",
    "各位老师好，我是{ZH.1}，学号{trap:date8}，因病请假两天，家长电话{PHONE.1}。帮我改得正式一点。",
    "亲爱的{ZH.1}：\n见字如面。……\n想你的{ZH.2}\n续写这封信的中间部分。",
)
MIXED_MAIL = (
    "Hi {ZH.1}，offer letter 已经发到 {EMAIL.1}，入职日期有变请联系 {NAME.2}。",
    "From: {PINYIN.1} <{EMAIL.1}>\nTo: {ZH.2}\n会议改到 Friday 3pm，dial-in {USPHONE.1}。请翻译成中文。",
    "请帮我写英文邮件给 {NAME.1}，告诉他{ZH.2}下周不在，contact {PHONE.2}。",
    "{PINYIN.1} 和 {NAME.2} 的 1:1 改期，原因是{ZH.3}请假。",
    "Ticket {trap:uuid}: 用户{ZH.1} can't login, last IP {IP.1}, app {trap:version4}.",
    "把这段话翻成英文：请{ZH.1}和{NAME.2}在周三之前把slides发到{EMAIL.1}。",
)
EN_MAIL = (
    "From: {NAME.1} <{EMAIL.1}>\nTo: {NAME.2}\nSubject: Quarterly figures\n\nHi {NAME.2},\nplease find the numbers attached.\n\nBest,\n{NAME.1}\n\nDraft an answer.",
    "Dear Ms. {LAST.1},\n\nthank you for your application. We would like to invite you on Monday.\n\nKind regards,\n{NAME.2}\nHR",
    "> On Mar 3, {NAME.1} wrote:\n> Are we still on for Thursday?\nYes, see you at {EADDR.1}.\n{NAME.2}",
    "Subject: intro\n\n{NAME.1}, meet {NAME.2}. {NAME.2} runs logistics in Leeds and can be reached on {UKPHONE.2}.",
    "Hello {NAME.1},\n\nyour parcel {trap:waybill} will be delivered to {UKADDR.1}.\n\nThanks for shopping with us!",
    "Hi team,\n\n{PINYIN.1} will cover for {NAME.2} next week. Questions to {EMAIL.1}.\n\nCheers\n{NAME.3}",
    "cc {NAME.1}; {NAME.2}; {NAME.3}\nPlease review the memo before Friday.",
    "To whom it may concern: {NAME.1} rented my flat at {UKADDR.1} for two years.\nSincerely,\n{NAME.2}",
)
