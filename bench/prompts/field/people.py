"""People: invented names of many origins, and the ways in which one is called. Nothing here comes from the engine's lists."""

from __future__ import annotations

from collections.abc import Callable

from prompts.values import Maker

FREQUENT = "王李张刘陈杨黄赵周吴徐孙马胡朱郭何罗高林郑梁谢唐许冯宋韩邓彭曹曾田萧潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫雷段龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤"
RARE = "逄晁亓鄢郗卞昝訾佘暴冼缑璩敬郜眭蒯逯隗胥笪阚仵句占褟亢练铁皇揣洑揭苟黑展芈茆谌仉禤芮禹干寿药牟丑库尉哈来时明相英米买年水官"
PAIRED = (
    "欧阳",
    "上官",
    "诸葛",
    "司马",
    "司徒",
    "皇甫",
    "令狐",
    "轩辕",
    "尉迟",
    "端木",
    "东方",
    "南宫",
    "西门",
    "公孙",
    "独孤",
    "宇文",
    "长孙",
    "慕容",
    "呼延",
    "澹台",
)
SIGNS = (
    "伟刚勇毅俊峰强军平保东文辉力明永健世广志义兴良海山仁波宁贵福生龙元全国胜学祥才发武新利清飞彬富顺信子杰涛昌成康星光天达安岩中茂进林有坚和彪博诚先敬震振壮会思群豪心邦承乐绍功松善厚庆磊民友裕河哲江超浩亮政谦亨奇固之轮翰朗伯宏言若鸣朋斌梁栋维启克伦翔旭鹏泽晨辰士以建家致树炎德行时泰盛雄琛钧冠策腾楠榕风航弘"
    "秀娟英华慧巧美娜静淑惠珠翠雅芝玉萍红娥玲芬芳燕彩春菊兰凤洁梅琳素云莲真环雪荣爱妹霞香月莺媛艳瑞凡佳嘉琼勤珍贞莉桂娣叶璧璐娅琦晶妍茜秋珊莎锦黛青倩婷姣婉娴瑾颖露瑶怡婵雁蓓纨仪荷丹蓉眉君琴蕊薇菁梦岚苑婕馨瑗琰韵融园艺咏卿聪澜纯毓悦昭冰爽琬茗羽希欣飘育滢馥筠柔竹霭凝晓欢霄枫芸菲寒伊亚宜可姬舒影荔枝丽阳妮"
    "梓沐宸奕芮朵涵汐屿桐柚芊苒洛烨曜珩瑄翊晏杉淼渝牧禾"
)
# given and family name together make a word or a place; people are called so
WORDLIKE = (
    "高兴", "高峰", "常青", "白雪", "黄河", "石磊", "江山", "温馨", "于是", "向往", "安静", "马上", "江南", "白云", "金星", "成功", "时光", "钟山", "程序", "方圆",
    "余波", "严正", "康庄", "顾问", "任意", "万里", "满意", "平安", "关山", "连海", "华山", "夏天", "秋月", "沙漠", "米粒", "丁香", "甘露", "路遥", "文静", "舒畅",
)  # fmt: skip
HANT_FAMILY = "陳林黃張李王吳劉蔡楊許鄭謝郭洪邱曾廖賴徐周葉蘇莊呂江何蕭羅高簡朱鍾彭游詹胡施沈余趙盧梁顏柯孫魏翁戴范宋方鄧杜傅侯曹薛溫馬蔣葛閻龔龍關"
HANT_SIGNS = "怡君雅婷欣儀佩珊家豪志明俊傑建宏承恩冠宇宗翰淑娟麗惠玟珍靜宜詩涵筱薇子軒柏翰彥廷品妍宥勝澤瑋岳霖哲維韻如琬婕瑩潔敏慈慶鴻銘輝煌凱嵐穎"
UYGHUR = (
    (
        "阿依古丽",
        "艾尼瓦尔",
        "图尔荪",
        "帕提古丽",
        "吐尔逊江",
        "古丽娜尔",
        "艾山",
        "阿迪力",
        "米热姑丽",
        "海日古丽",
        "依明江",
    ),
    ("买买提", "吐尔逊", "依米提", "肉孜", "阿不来提", "热合曼", "库尔班", "赛买提", "托合提", "尼亚孜"),
)
TIBETAN = ("索南卓玛", "格桑曲珍", "洛桑平措", "达瓦次仁", "尼玛顿珠", "德吉央宗", "旦增罗布", "白玛拉姆")
MONGOL = ("巴特尔", "其其格", "乌日娜", "苏和巴特尔", "阿拉坦其其格", "萨仁高娃", "斯琴图雅", "朝格图")
YI = ("阿牛木加", "吉克曲布", "沙马阿依", "阿尔伍果", "俄木日史")
ABROAD = (
    (
        "凯瑟琳",
        "迈尔斯",
        "安妮卡",
        "罗德里戈",
        "奥列格",
        "叶莲娜",
        "哈维尔",
        "索菲娅",
        "布伦丹",
        "英格丽德",
        "法里德",
        "阿米娜",
        "卢卡斯",
        "维多利亚",
        "雅克",
        "克里斯蒂娜",
    ),
    (
        "彼得罗夫",
        "霍尔姆斯特伦",
        "门多萨",
        "布兰登",
        "奥康奈尔",
        "施耐德",
        "纳瓦罗",
        "别利亚耶娃",
        "哈达德",
        "拉赫曼",
        "杜邦",
        "佩雷拉",
        "卡特莱特",
        "索伦森",
    ),
)
JAPANESE = (
    ("佐藤", "铃木", "高桥", "渡边", "中村", "小林", "山口", "松本", "井上", "长谷川"),
    ("健太", "裕子", "美咲", "翔太", "由美", "大辅", "和也", "直子", "阳菜", "真一"),
)
# rows of one origin: given names, family names
WORLDWIDE = (
    ("Aarav Ishita Karthik Lavanya Nikhil Pooja Ramesh Shreya Venkatesh Divya", "Agarwal Bhattacharya Chaudhary Gowda Jayaraman Kulkarni Menon Nair Patil Reddy Subramanian Venkataraman"),
    ("Abdulrahman Amira Bilal Dina Faisal Hadeel Khalid Mariam Omar Salma Youssef", "Al-Mutairi Al-Harbi Abdelaziz Benali Darwish El-Masry Farouk Haddad Khoury Nasser Qureshi Saleh"),
    ("Alejandra Esteban Guadalupe Ignacio Jimena Leticia Maximiliano Rocío Xiomara Rodrigo", "Aguilar Cárdenas Domínguez Escobar Figueroa Herrera Montoya Ocampo Quiñones Zavala Villarreal Sepúlveda"),
    ("Anh Bao Chau Duc Hanh Khanh Lan Ngoc Phuong Quynh Thao Tuan", "Bui Cao Dinh Doan Huynh Luong Ngo Phan Trinh Truong Vo Vu"),
    ("Eun-ji Hae-won Jin-woo Ji-hoon Kyung-soo Min-seok Seung-hyun So-yeon Tae-yang Yoo-jin", "Bae Cho Han Hwang Jang Jeon Kwon Lim Moon Oh Seo Shin"),
    ("Aoife Bronwen Callum Eilidh Fergus Gwyneth Hamish Isla Keira Rhys", "Abernethy Bevan Carmichael Drummond Ferguson Llewellyn MacLeod Penrose Sinclair Trevelyan"),
    ("Ashlyn Brady Chelsea Dustin Erika Garrett Heather Kelsey Logan Megan Preston Tyler", "Armstrong Bradford Caldwell Dawson Ellsworth Fletcher Gibson Hastings Kirkland Lockhart Maddox Pruitt Stanton Thornton"),
    ("Agnieszka Bogdan Danuta Grzegorz Halina Ireneusz Jadwiga Zbigniew", "Baranowski Czarnecki Dudek Gorski Kaczmarek Lewandowska Mazurek Szymanska"),
    ("Ayodele Chidinma Folake Kofi Nkechi Oluwatobi Temitope Yaw Zanele Lerato", "Achebe Afolabi Asante Mensah Mokoena Ndlovu Ogunleye Osei Sithole Uzoma"),
    ("Anastasiya Bohdan Gennady Ilya Ksenia Lyudmila Nikita Zoya", "Bondarenko Fedorova Gavrilov Kovalenko Lebedeva Orlov Shevchuk Tarasova"),
    ("Akiko Daichi Emi Hiroshi Kaori Naoki Ryota Tomoko", "Fujimoto Hayashi Ishikawa Kimura Matsuda Nakagawa Okada Saito"),
    ("Annegret Dieter Heike Klaus Ulrike Wolfgang Solveig Torbjörn", "Bergmann Dietrich Engelhardt Fischbach Köhler Lindqvist Nygaard Vogel"),
)  # fmt: skip
HONGKONG = (
    "Chan Cheung Ho Kwok Lai Lau Leung Ng Tam Tsang Wong Yeung Yip",
    "Chi-ming Ka-yan Kin-fai Mei-ling Siu-wai Tsz-ching Wai-lam Wing-sze Yuk-lan Hoi-yin",
)
TAIWAN = (
    "Chang Chen Chiang Hsieh Hsu Huang Kuo Lai Lee Liao Tsai Wu",
    "Chia-hao Chih-wei Hsin-yi Mei-hua Pei-shan Shu-fen Ting-yu Wei-ting Ya-wen Yu-chen",
)
MAINLAND = (
    "Cai Cui Deng Fan Feng Gong Hou Jiang Lei Meng Pan Qiu Ren Shao Tang Wei Xie Yao Zeng Zhu",
    "Aiping Bingbing Chunlei Dapeng Fangyuan Guoliang Haifeng Jiaxin Kexin Lanfen Mengqi Peiyu Rongrong Shiyu Tianyu Wanting Xueyan Yuhan Zhiqiang",
)


def zh(m: Maker) -> str:
    family = m.pick(PAIRED) if m.r.random() < 0.03 else m.pick(RARE if m.r.random() < 0.06 else FREQUENT)
    size = 1 if m.r.random() < 0.2 else 2
    given = m.pick(SIGNS) * 2 if size == 2 and m.r.random() < 0.04 else "".join(m.pick(SIGNS) for _ in range(size))
    return family + given


def nick(m: Maker) -> str:
    family = m.pick(FREQUENT[:60])
    return m.pick(
        (f"老{family}", f"小{family}", f"大{family}", f"阿{m.pick('强明珍芳伟玲华军')}", f"小{family}", f"老{family}")
    )


def titled(m: Maker) -> str:
    return m.pick(FREQUENT[:70]) + m.pick(
        ("总", "工", "姐", "哥", "叔", "阿姨", "大爷", "老师", "主任", "教授", "大夫", "医生", "律师", "队", "局", "科长", "校长", "经理", "师傅", "同学", "女士", "先生", "护士长", "书记")
    )  # fmt: skip


def worldwide(m: Maker) -> str:
    given, family = m.pick(WORLDWIDE)
    first, last = m.pick(given.split()), m.pick(family.split())
    shape = m.r.random()
    if shape < 0.08:
        return f"{first} {m.pick('ABCDEFGHJKLMNPRSTW')}. {last}"
    if shape < 0.14:
        return f"{first} {m.pick(given.split())} {last}"
    return f"{first} {last}"


def last_first(m: Maker) -> str:
    given, family = m.pick(WORLDWIDE)
    return f"{m.pick(family.split())}, {m.pick(given.split())}"


def romanised(m: Maker) -> str:
    family, given = m.pick((HONGKONG, TAIWAN, MAINLAND, MAINLAND))
    first, last = m.pick(given.split()), m.pick(family.split())
    return m.pick((f"{first} {last}", f"{last} {first}", f"{last} {first}"))


def minority(m: Maker) -> str:
    given, family = UYGHUR
    return m.pick(
        (
            f"{m.pick(given)}·{m.pick(family)}",
            f"{m.pick(given)}·{m.pick(family)}",
            m.pick(TIBETAN),
            m.pick(MONGOL),
            m.pick(YI),
        )
    )


def lower(m: Maker) -> str:
    return m.pick((worldwide, romanised))(m).lower()


PEOPLE: dict[str, Callable[[Maker], str]] = {
    "FZH": zh,
    "FWORD": lambda m: m.pick(WORDLIKE),
    "FPAIR": lambda m: m.pick(PAIRED) + "".join(m.pick(SIGNS) for _ in range(m.pick((1, 2)))),
    "FHANT": lambda m: m.pick(HANT_FAMILY) + "".join(m.pick(HANT_SIGNS) for _ in range(m.pick((1, 2, 2, 2, 2)))),
    "FMINOR": minority,
    "FABROAD": lambda m: f"{m.pick(ABROAD[0])}·{m.pick(ABROAD[1])}",
    "FJAPAN": lambda m: m.pick(JAPANESE[0]) + m.pick(JAPANESE[1]),
    "FNICK": nick,
    "FTITLED": titled,
    "FEN": worldwide,
    "FROMAN": romanised,
    "FLOW": lower,
    "FUP": lambda m: m.pick((worldwide, romanised))(m).upper(),
    "FLASTFIRST": last_first,
    "FLAST": lambda m: m.pick(m.pick(WORLDWIDE)[1].split()),
    "FFIRST": lambda m: m.pick(m.pick(WORLDWIDE)[0].split()),
}
