"""Kept: prompts for figures alone. No rule is written against them and their errors are not read one by one.

Their names, streets and templates are of their own; only the makers of numbers are shared with the other families.
"""

from __future__ import annotations

from prompts.render import VALUES, Row, rows
from prompts.values import Maker

_SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蔡蒋余于杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳欧阳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝官封谈匡鞠惠荆乐冀郁胥南班储原栗燕楚鄢劳谌奚皮粟冼蔺楼盘满闻位厉伊仝区郜海阚花权强帅屠豆朴盖练廉禹井祖漆巴丰支卿国狄平计索宣晋相初门云容敬来扈晁芮都普阙浦戈伏鹿薄邸雍辜羊阿乌母裘亓修邰赫杭况那宿鲜印逯隆茹诺战慕危玉银亢嵇公哈湛宾戎勾茅利於呼居揭干但尉冶斯元束檀衣信展阴昝智幸奉植衡富尧闭由"
_GIVEN = "一乙丹乔云亭仁仙伊伦佩倩健光克兆兰凡凯利剑力劲励卓原双可君吉哲嘉园圆坚坤培墨声夏夕奇奕妍妮姗娅娇婧媛嫣宁宏宜宝宣容宽寒小尔尧屏岚岩峥川帆平庆庭康弘彤彦彪彬影微心念思恒恬恺悦情惠意慈慎成才扬扬拓捷授政敏斌旭昀昂昊昌昕星昭晋晖晗晶智暖曼朋望木本朴杉权来松林枫柏柔柳柱标树根格桐桑梁棠棣楠楷榕槐樱歌正殊毅民汀池汐江沁沛沫沙泉波泓泰洁洋洪洲浦浩浪海涵淇淮淳清渊渝温源溪滢滨漫潇潮澄澜灿炎炜炫烁烨焕焱煜熙燕爽牧特玉玖玥玲珂珊珍珠珺琛琦琬琰琳琼瑄瑜瑾璇璐璟甜生田由甲男画登盈益真睿知石碧磊礼祥祯祺禄禾秀秋秦程稷穆空立童章竹笑笛筠简粟素紫红纯纳纶组绍经维绮缘群翎翔翠耀聪肖胜航舟舒舜良艺艾芃芊芝芮芷苇苑苒若英茂茉茗茜茵荔荣荷莎莉莘莲莹菁菊菡萌萍葵蒙蓉蓓蔓蔚蕊蕴薇虎虹蝶行衡裕西言论诗诚语谊谦豪贝贤贵赫超越路跃轩辉达迅迎运远迪追逸道邦郁采里野金钊钢钧铁铭锋锐锦镇镕长闻阳陆陶隽雁雄雨雯震霁霄霏霖霜露青靖静韬韵韶颂颖风飒飞馨骁骏鸣鸿鹏鹤鹭麒麟黛"
_FIRST = (
    "Rosalind", "Everett", "Maribel", "Desmond", "Imogen", "Thaddeus", "Lakshmi", "Arjun", "Zainab", "Tariq", "Ingrid",
    "Magnus", "Freya", "Lars", "Xiulan", "Kwame", "Abena", "Thandiwe", "Sipho", "Renata", "Joaquin", "Marisol",
    "Benedikt", "Franziska", "Ewa", "Piotr", "Ludmila", "Radoslav", "Elif", "Mehmet", "Noor", "Rashid", "Sanjay",
    "Meera", "Colleen", "Brendan", "Gareth", "Rhiannon", "Harriet", "Nigel", "Tabitha", "Clifford", "Darlene",
    "Rodney", "Jolene", "Dwight", "Carly", "Lindsey", "Roger", "Gail", "Stuart", "Hannah", "Peter", "Laura", "Simon",
    "Eleanor", "Diana", "George", "Henry", "Alice",
)  # fmt: skip
_LAST = (
    "Ashworth", "Blackwood", "Cunningham", "Dalgaard", "Eriksen", "Featherstone", "Goldberg", "Hendricks", "Iqbal",
    "Jankowski", "Kaur", "Lundgren", "Mahoney", "Nandakumar", "Oyelaran", "Petrov", "Quintero", "Rasmussen",
    "Silveira", "Takahashi", "Underwood", "Villanueva", "Wojcik", "Yildiz", "Zimmerman", "Boateng", "Dlamini",
    "Novotny", "Pereira", "Schmidt", "Turner", "Walsh", "Coleman", "Barker", "Simmons", "Reyes", "Ortega", "Mercer",
    "Langley", "Pickering", "Rowe", "Sharma", "Singh", "Begum", "Lam", "Ong", "Cheung",
)  # fmt: skip
_PLACES = (
    ("江西省", "赣州市", "章贡区"), ("安徽省", "芜湖市", "镜湖区"), ("", "天津市", "西青区"), ("河北省", "保定市", "莲池区"), ("陕西省", "咸阳市", "秦都区"),
    ("贵州省", "遵义市", "汇川区"), ("吉林省", "延边朝鲜族自治州", "延吉市"), ("海南省", "海口市", "美兰区"), ("甘肃省", "天水市", "麦积区"), ("广东省", "东莞市", "虎门镇"),
)  # fmt: skip
_ROADS = (
    "滨河",
    "光明",
    "育英",
    "三元",
    "青年",
    "祥和",
    "沿江",
    "迎宾",
    "大庆",
    "桃园",
    "北辰",
    "团结",
    "西苑",
    "红旗",
    "金桂",
)
_ESTATES = (
    "恒信花园",
    "中南世纪城",
    "绿洲康城",
    "名仕华庭",
    "东方明珠苑",
    "融汇半岛",
    "和谐家园",
    "盛世豪庭",
    "江南一品",
    "紫荆公寓",
)


def _name(m: Maker) -> str:
    surname = m.pick(("欧阳", "司徒", "上官", "南宫")) if m.r.random() < 0.04 else m.pick(_SURNAMES)
    return surname + "".join(m.pick(_GIVEN) for _ in range(1 if m.r.random() < 0.2 else 2))


def _address(m: Maker) -> str:
    province, city, county = m.pick(_PLACES)
    n = m.r.randrange
    return m.pick((province + city + county, city + county, city)) + m.pick(
        (
            f"{m.pick(_ROADS)}路{n(1, 999)}号{m.pick(_ESTATES)}{n(1, 40)}栋{n(1, 4)}单元{n(101, 3200)}室",
            f"{m.pick(_ROADS)}大道{n(1, 999)}号",
            f"{m.pick(_ESTATES)}{n(1, 40)}号楼{n(101, 3200)}",
            f"{m.pick(_ROADS)}东路{n(1, 300)}弄{n(1, 90)}号{n(101, 999)}室",
            f"{m.pick(_ESTATES)}{m.pick('ABCD')}座{n(101, 3200)}室",
            f"{m.pick(_ROADS)}街{n(1, 300)}号院{n(1, 20)}号楼{n(1, 6)}单元{n(101, 999)}",
        )
    )


VALUES["KEPTZH"] = _name
VALUES["KEPTEN"] = lambda m: f"{m.pick(_FIRST)} {m.pick(_LAST)}"
VALUES["KEPTADDR"] = _address

ZH = (
    "学校通知：请三年级二班{KEPTZH.1}的家长尽快补交材料，班主任{KEPTZH.2}，联系方式{PHONE.2}。",
    "房东是{KEPTZH.1}，房子在{KEPTADDR.1}，押一付三合理吗？",
    "帮我写一份辞职信，收信人是部门总监{KEPTZH.1}，我叫{KEPTZH.2}，最后工作日5月31日。",
    "收件信息：{KEPTZH.1} {PHONE.1} {KEPTADDR.1}，请识别成结构化字段。",
    "!患者{KEPTZH.1}因“突发言语不清2小时”由其子{KEPTZH.2}送入院，NIHSS评分8分，电话{PHONE.2}。请拟溶栓谈话要点。",
    "!{KEPTZH.1}的体检发现肺部磨玻璃结节，住院号{MRN.1}，需要手术吗？",
    "被告人{KEPTZH.1}，身份证号{ID_CN.1}，因涉嫌诈骗被起诉，辩护人{KEPTZH.2}。请概括辩护思路。",
    "采访提纲：对话非遗传承人{KEPTZH.1}，同行编辑{KEPTZH.2}负责摄影。",
    "新员工{KEPTZH.1}办理社保，身份证{ID_CN.1}，银行卡{BANK_CARD.1}，还需哪些资料？",
    "听{KEPTZH.1}讲，{KEPTZH.2}把车借给朋友后出了事故，车牌{PLATE.1}，责任怎么分？",
    '{{"payer":{{"name":"{KEPTZH.1}","card":"{BANK_CARD.1}"}},"request_id":"{trap:uuid}","amount":"{trap:money}"}} 解释字段含义',
    "老师评语：{KEPTZH.1}同学上课积极发言，但作业马虎。请扩写到一百字。",
    "小组成员：{KEPTZH.1}（组长）、{KEPTZH.2}、{KEPTZH.3}，请按分工写答辩稿开头。",
    "请把发票寄到{KEPTADDR.1}，{KEPTZH.1}收，电话{PHONE.1}，发票号{trap:order14}。",
    "微信{WECHAT.1}加不上，是{KEPTZH.1}给我的，会不会输错了？",
    "{KEPTZH.1}被公司辞退，HR {KEPTZH.2}口头说赔N+1，能录音当证据吗？",
    "报案材料：本人{KEPTZH.1}于上月被冒充客服的人骗走两万元，对方收款卡{BANK_CARD.2}，户名{KEPTZH.2}。",
    "出国签证：申请人{KEPTZH.1}，护照号{BOOK.1}，生日{DOB.1}，行程单怎么写？",
    "监控日志 user={KEPTZH.1} ip={IP.1} action=export build={trap:version4} hash={trap:hash}",
    "{KEPTZH.1}总是在群里发广告，群主{KEPTZH.2}不管，怎么劝？",
    "序号,户主,门牌,电话\n1,{KEPTZH.1},{KEPTADDR.1},{PHONE.1}\n2,{KEPTZH.2},{KEPTADDR.2},{PHONE.2}\n统计户数",
    "我奶奶{KEPTZH.1}八十大寿，住在{KEPTADDR.1}，帮忙写贺词。",
    "快递员把{KEPTZH.1}的包裹给了{KEPTZH.2}，单号{trap:waybill}，怎么索赔？",
    "项目评审专家{KEPTZH.1}、{KEPTZH.2}一致认为方案可行，请撰写评审意见。",
    "邀请{KEPTZH.1}教授来校讲座，接待人{KEPTZH.2}，邮箱{EMAIL.2}。拟邀请函。",
)
ZH_NONE = (
    "合同编号{trap:order14}、发票代码{trap:order}，开票日期{trap:date8}，税率13%，请核对。",
    "{trap:brand}的股价和{trap:brand}的股价走势对比。",
    "请把{trap:version4}与{trap:version4}两个版本的更新日志合并。",
    "设备序列号{trap:sku}，生产批次{trap:date8}，保修电话{trap:hotline}。",
    "{trap:public}在{trap:place}写过哪些作品？",
    "接口返回{trap:epoch_ms}，请求号{trap:uuid}，签名{trap:digest}。",
    "国庆去{trap:place}自驾，全程高速费多少？车次{trap:train}还有票吗？",
    "校验卡号{trap:bad_card}、证件{trap:bad_id}为什么失败？",
    "路由器{trap:private_ip}和网关{trap:loopback}冲突怎么办？",
    "工单编号{trap:like_phone}已关闭，请生成满意度问卷。",
)
EN = (
    "Please write a recommendation for {KEPTEN.1}, who led our Lisbon office; contact {EMAIL.1}.",
    "Landlord {KEPTEN.1} kept my deposit for {UKADDR.1}. What are my rights?",
    "!Pt {KEPTEN.1}, MRN {EMRN.1}, presents with suicidal ideation. Draft the safety plan.",
    "!Nurse handover: {KEPTEN.1}, bed 4, post-op day 2 after hysterectomy, allergic to penicillin; daughter {KEPTEN.2} at {USPHONE.2}.",
    "Claimant {KEPTEN.1} (SSN {SSN.1}) appeals the denial. Summarise the grounds.",
    "Speaker list: {KEPTEN.1}, {KEPTEN.2}, {KEPTEN.3}. Write introductions.",
    "I am meeting {KEPTEN.1} for the first time on Tuesday, what should I ask?",
    '{{"applicant": "{KEPTEN.1}", "passport": "{USPASSPORT.1}", "ref": "{trap:uuid}"}} validate this',
    '{KEPTEN.1} wrote: "the shipment to {EADDR.1} is damaged". Answer kindly.',
    "Did {KEPTEN.1} sign before {KEPTEN.2} did? The notary was Mr. {LAST.3}.",
    "Refund {VISA.1} belonging to {KEPTEN.1}, order {trap:order_us}.",
    "name;phone\n{KEPTEN.1};{USPHONE.1}\n{KEPTEN.2};{USPHONE.2}\nsort please",
    "Our coach {KEPTEN.1} yells at the kids. Draft a complaint to principal {KEPTEN.2}.",
    "Wire 4,000 to {KEPTEN.1}, IBAN {IBAN.1}, today.",
    "ERROR 500 for user {EMAIL.1} at {IP.1}; release {trap:version4}; commit {trap:hash}",
    "Congratulate {KEPTEN.1} and {KEPTEN.2} on their wedding in two sentences.",
    "Patient portal message from {KEPTEN.1} born {EDOB.1}: refill of my insulin please.",
    "Who is taller, {KEPTEN.1} or {KEPTEN.2}? They sit next to me in class.",
)
EN_NONE = (
    "Compare {trap:brand_en} and {trap:brand_en} for retirement accounts.",
    "Ticket {trap:uuid} closed; order {trap:order_us}; tracking {trap:waybill}.",
    "Is {trap:version4} newer than {trap:version4}? The host is {trap:private_ip}.",
    "Would {trap:public_en} enjoy {trap:place_en}?",
    "Why does {trap:bad_visa} fail the Luhn test while {trap:bad_ssn} looks fine?",
    "Reach {trap:role_box} or {trap:tollfree} about part {trap:part}.",
)


def kept(seed: int, count: int) -> dict[str, list[Row]]:
    """The sets of figures: Chinese and English, each with a third of prompts about nobody."""
    none = count // 3
    return {
        "kept zh": rows("keptzh", "zh", ZH, seed, count) + rows("keptzh0", "zh", ZH_NONE, seed, none),
        "kept en": rows("kepten", "en", EN, seed, count) + rows("kepten0", "en", EN_NONE, seed, none),
    }
